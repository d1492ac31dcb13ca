// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const status = /* @__PURE__ */ section('status', {
  "title": "Что с обращением?",
  "lead": "Номер и код написаны в вашем обращении. Входить не нужно.",
  "number": "Номер обращения",
  "number_hint": "Например, 27-4183-6",
  "number_empty": "Введите номер обращения",
  "code": "Код",
  "code_hint": "8 знаков",
  "code_empty": "Введите код",
  "go": "Узнать",
  "unknown": "Такого обращения нет, или код от другого обращения. Проверьте оба.",
  "again": "Узнать о другом",
  "opened": "Задан {when}",
  "sign_in": "Войти и прочитать ответ"
});
