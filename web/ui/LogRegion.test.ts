// The browser has no layout here, so heights and places are given by hand; journeys in a real browser measure them.
import { render, screen } from '@testing-library/svelte';
import { createRawSnippet, tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import LogRegion from './LogRegion.svelte';

const children = createRawSnippet(() => ({ render: () => '<p data-row="m1">Здравствуйте</p>' }));
const frame = () => new Promise((done) => requestAnimationFrame(() => done(undefined)));

/** A region of `height` px that shows 500 of them. */
function sized(log: HTMLElement, height: () => number) {
  Object.defineProperty(log, 'scrollHeight', { get: height, configurable: true });
  Object.defineProperty(log, 'clientHeight', { get: () => 500, configurable: true });
}

describe('LogRegion', () => {
  let height: number;
  let rowTop: number;

  beforeEach(() => {
    height = 3000;
    rowTop = 10;
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe() {}
        disconnect() {}
      },
    );
  });

  function open() {
    const props = { label: 'Лента', rows: [1] as unknown, first: 'm1', children };
    const { rerender, component } = render(LogRegion, props);
    const log = screen.getByRole('log');
    sized(log, () => height);
    const row = log.querySelector('[data-row]')!;
    row.getBoundingClientRect = () => new DOMRect(0, rowTop, 300, 40);
    return { log, rerender, component };
  }

  it('is silent until the first page stands, then announces additions', async () => {
    const { log, component } = open();
    expect(log.getAttribute('aria-live')).toBe('off');
    component.begin(null);
    await frame();
    expect(log.getAttribute('aria-live')).toBe('polite');
    expect(log.getAttribute('aria-relevant')).toBe('additions');
  });

  it('follows what arrives while the reader is at the end', async () => {
    const { log, rerender, component } = open();
    component.begin(null);
    height = 3100;
    await rerender({ rows: [1, 2] });
    await tick();
    expect(log.scrollTop).toBe(3100);
  });

  it('leaves the row being read where it stands when rows come in front, and says nothing of them', async () => {
    const { log, rerender, component } = open();
    component.begin(null);
    await frame();
    log.scrollTop = 1200;
    log.dispatchEvent(new Event('scroll'));
    await tick();
    log.querySelector('[data-row]')!.getBoundingClientRect = () => {
      // Before the change at 10; the rows put in front push it 900 further down.
      const top = rowTop;
      rowTop = 910;
      return new DOMRect(0, top, 300, 40);
    };
    await rerender({ rows: [0, 1], first: 'm0' });
    expect(log.getAttribute('aria-live')).toBe('off');
    await tick();
    expect(log.scrollTop).toBe(2100);
    await frame();
    expect(log.getAttribute('aria-live')).toBe('polite');
  });

  it('asks for more near either end', async () => {
    const onstart = vi.fn();
    const onend = vi.fn();
    const { log, rerender } = open();
    await rerender({ onstart, onend });
    log.scrollTop = 1200;
    log.dispatchEvent(new Event('scroll'));
    expect([onstart.mock.calls.length, onend.mock.calls.length]).toEqual([0, 0]);
    log.scrollTop = 600;
    log.dispatchEvent(new Event('scroll'));
    expect([onstart.mock.calls.length, onend.mock.calls.length]).toEqual([1, 0]);
    log.scrollTop = 2000;
    log.dispatchEvent(new Event('scroll'));
    expect([onstart.mock.calls.length, onend.mock.calls.length]).toEqual([1, 1]);
  });
});
