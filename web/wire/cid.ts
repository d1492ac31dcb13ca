// The client's own names for its tries.

/** 128 random bits in hexadecimal: printable, and made where `crypto.randomUUID` is not at hand too. */
export function randomCid(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
