// A QR code as one path of modules, with its quiet zone of four. Pure.
import { encode } from 'uqr';

const QUIET = 4;

/** `size` in modules, quiet zone included; `path` in the same unit. */
export function qrOf(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { border: QUIET, ecc: 'M' });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return { size, path };
}
