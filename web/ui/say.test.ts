import { afterEach, describe, expect, it } from 'vitest';
import { opening, say, speak } from './say.ts';
import { section } from './texts/section.ts';
import { finder, room } from './texts.ts';
import * as en from './texts.en.ts';

describe('say', () => {
  it('fills the gaps of a text', () => {
    expect(say(room.open_until, { time: '20:00' })).toBe('Открыто до 20:00');
  });

  it.each([
    [1, '1 медчат'],
    [2, '2 медчата'],
    [5, '5 медчатов'],
    [11, '11 медчатов'],
    [21, '21 медчат'],
    [112, '112 медчатов'],
    [0, '0 медчатов'],
  ])('chooses the Russian form for %i', (count, words) => {
    expect(say(finder.rooms, { count })).toBe(words);
  });

  it('begins a sentence with a capital', () => {
    expect(opening('завтра в 08:00')).toBe('Завтра в 08:00');
  });
});

describe('speak', () => {
  const russian = { ...finder };
  afterEach(() => speak('ru', { finder: russian }));

  it('lays another language over the source', () => {
    speak('en', en);
    expect(finder.code_go).toBe('Open');
    expect(say(finder.rooms, { count: 1 })).toBe('1 medchat');
    expect(say(finder.rooms, { count: 2 })).toBe('2 medchats');
  });

  it('is laid over a section that comes later', () => {
    speak('en', { late: { go: 'Go' } });
    expect(section('late', { go: 'Иди', stay: 'Стой' })).toEqual({ go: 'Go', stay: 'Стой' });
  });
});
