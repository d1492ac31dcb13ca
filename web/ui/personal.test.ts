import { describe, expect, it } from 'vitest';
import { findingsIn, kindOf } from './personal.ts';

const kinds = (text: string) => findingsIn(text).map(({ kind }) => kind);

describe('a first look for personal data', () => {
  it.each([
    ['Мой телефон +7 914 123-45-67', ['phone']],
    ['Звоните 8 (4212) 30-30-30', ['phone']],
    ['мой 8(4212)45-67-89', ['phone']],
    ['89145550122', ['phone']],
    ['номер 9141234567', ['phone']],
    ['Пишите на nina.k@example.com', ['email']],
    ['почта нина@пример.рф', ['email']],
    ['Полис 6063 8129 0457 1238', ['number']],
    ['СНИЛС 112-233-445 95', ['number']],
    ['паспорт 0812 345678', ['number']],
    ['+79141234567 и nina@example.com', ['email', 'phone']],
  ])('finds it in «%s»', (text, found) => {
    expect(kinds(text)).toEqual(found);
  });

  it.each([
    'Нет талонов к неврологу до конца декабря. Маме 79',
    'Записан на 23.11.2026 10:40, кабинет 207',
    'Обращение 27-4183-6',
    'Горячая линия 8-800-200-00-00',
    'приказ № 1090н, автобус 14',
    'Кабинет 112, до 10:30, 27.11.2026',
    'с 8 до 20, 3 раза, автобус 14, дом 41',
    '',
  ])('leaves «%s» alone', (text) => {
    expect(kinds(text)).toEqual([]);
  });

  it('names one kind, or says there are several', () => {
    const kind = (text: string) => kindOf(findingsIn(text));
    expect(kind('просто вопрос')).toBeUndefined();
    expect(kind('8 914 123 45 67')).toBe('phone');
    expect(kind('8 914 123 45 67, a@b.ru')).toBe('many');
  });
});
