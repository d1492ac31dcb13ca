// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const record = /* @__PURE__ */ section('record', {
  "title": "Справка об обращении",
  "about": "О чём",
  "where": "Медчат",
  "who": "Кто отвечает",
  "author": "Житель",
  "opened": "Принято",
  "state": "Состояние",
  "outcome": "Итог",
  "rating": "Оценка",
  "clocks": "Сроки",
  "first": "Первый ответ",
  "final": "Финальный ответ",
  "cycle": "Круг {cycle}",
  "due": "обещан {when}",
  "done": "дан {when}",
  "waits": "ещё не дан",
  "paused": "срок стоит: ждут жителя",
  "late": "с опозданием",
  "printed": "Напечатано {when}, время местное ({zone})",
  "public": "Открытая часть",
  "private": "Закрытая часть: не показывайте посторонним"
});
