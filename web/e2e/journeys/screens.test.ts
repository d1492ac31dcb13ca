// Every screen at a phone's and a clinic's size, as pictures in shots/ for people to look at. What a
// machine can judge: nothing is cut off sideways.

import { beforeAll, describe, expect, test } from 'vitest';

import { scene, SCREENS, visitor, type Scene } from '../screens.ts';
import { shot } from '../shots.ts';
import { DESK, PHONE, stage } from '../stage.ts';

const { house, window } = stage();
let set: Scene;
beforeAll(async () => void (set = await scene(house().url)));

describe.each([PHONE, DESK])('$width pixels', (look) => {
  const visit = visitor(
    () => window(look),
    () => set,
  );
  test.each(Object.keys(SCREENS))('%s', async (name) => {
    const page = await visit(name);
    await shot(page, `${name}-${look.width}`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});
