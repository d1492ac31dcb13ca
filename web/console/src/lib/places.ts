// Regions as the screens need them: their zone, name and policy. Kept while the page lives.
import type { Region } from '@medchat/wire/generated.ts';
import type { Http } from '@medchat/wire/http.ts';

/** Asks for each region once. */
export function openPlaces(http: Pick<Http, 'region'>) {
  const kept = new Map<string, Promise<Region>>();
  return (code: string): Promise<Region> => {
    const known = kept.get(code);
    if (known !== undefined) return known;
    const asked = http.region(code);
    kept.set(code, asked);
    asked.catch(() => kept.delete(code));
    return asked;
  };
}
