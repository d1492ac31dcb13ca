// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const finder = /* @__PURE__ */ section('finder', {
  "title": "Найдите свой медчат",
  "lead": "Спросите поликлинику — отвечают за 2 часа.",
  "search": "Город, район или поликлиника",
  "search_example": "Например, Хабаровск",
  "code_title": "Код с плаката",
  "code_hint": "8 знаков под QR-кодом",
  "code_go": "Открыть",
  "code_empty": "Введите код с плаката",
  "code_unknown": "Такого кода нет. Проверьте знаки",
  "offline": "Нет связи. Попробуйте ещё раз, когда она появится",
  "regions": "Регионы",
  "my_rooms": "Мои медчаты",
  "found_in": "Медчаты: {region}",
  "other_region": "Другой регион",
  "nothing": "Ничего не нашлось",
  "nothing_next": "Напишите короче или выберите регион.",
  "open_now": "открыто",
  "closed_now": "закрыто",
  "unread": {
    "one": "{count} новое",
    "few": "{count} новых",
    "many": "{count} новых"
  },
  "found": {
    "one": "Нашёлся {count} медчат",
    "few": "Нашлось {count} медчата",
    "many": "Нашлось {count} медчатов"
  },
  "rooms": {
    "one": "{count} медчат",
    "few": "{count} медчата",
    "many": "{count} медчатов"
  }
});
