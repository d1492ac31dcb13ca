import { describe, expect, it } from 'vitest';
import { above, drawnOf, earlier, later, newest, type Stretch } from './window.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ key: `m${from + i}` }));
const ends = (all: { key: string }[], stretch: Stretch) => {
  const drawn = drawnOf(all, stretch);
  return [drawn[0]?.key, drawn.at(-1)?.key, drawn.length];
};
const times = (n: number, step: (s: Stretch) => Stretch, from: Stretch) =>
  Array.from({ length: n }).reduce<Stretch>(step, from);

const all = lines(0, 1000);
const up = (stretch: Stretch) => earlier(all, stretch);
const down = (stretch: Stretch) => later(all, stretch);

describe('the stretch that is drawn', () => {
  it('begins with the newest lines and follows what arrives', () => {
    expect(ends(all, newest)).toEqual(['m920', 'm999', 80]);
    expect(ends(lines(0, 1001), newest)).toEqual(['m921', 'm1000', 80]);
  });

  it('grows upwards, then slides and never grows again', () => {
    expect(ends(all, times(2, up, newest))).toEqual(['m760', 'm999', 240]);
    expect(ends(all, times(3, up, newest))).toEqual(['m680', 'm919', 240]);
    expect(ends(all, times(40, up, newest))).toEqual(['m0', 'm239', 240]);
    expect(above(all, times(40, up, newest))).toBe(0);
  });

  it('stays where it is while both ends of the room grow', () => {
    const there = times(5, up, newest);
    const shown = ends(all, there);
    expect(ends([...lines(-50, 0), ...all, ...lines(1000, 1010)], there)).toEqual(shown);
  });

  it('slides back down and ends with the room again', () => {
    const back = times(40, down, times(6, up, newest));
    expect(back.last).toBeUndefined();
    expect(ends(all, back)).toEqual(['m760', 'm999', 240]);
  });

  it('is the whole of a short room', () => {
    const short = lines(0, 5);
    expect(ends(short, newest)).toEqual(['m0', 'm4', 5]);
    expect(ends(short, earlier(short, newest))).toEqual(['m0', 'm4', 5]);
    expect(drawnOf([], newest)).toEqual([]);
  });

  it('falls back to the newest lines when its last one is gone', () => {
    expect(ends(all, { size: 80, last: 'cancelled' })).toEqual(['m920', 'm999', 80]);
  });
});
