// Days of a filter as instants of the reader's own zone.

/** The first moment of a day `2026-11-28`; nothing for what is none. */
export function from(day: string): string | undefined {
  const at = new Date(`${day}T00:00:00`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The first moment after it, so that the day itself still counts. */
export function until(day: string): string | undefined {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return undefined;
  at.setDate(at.getDate() + 1);
  return at.toISOString();
}
