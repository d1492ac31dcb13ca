// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const kit = /* @__PURE__ */ section('kit', {
  "brand": "Медчат",
  "skip": "К содержанию",
  "back": "Назад",
  "close": "Закрыть",
  "large_type": "Крупный шрифт",
  "sign_in": "Войти",
  "account": "Мой аккаунт",
  "loading": "Загружаем",
  "retry": "Повторить",
  "show_password": "Показать",
  "hide_password": "Скрыть",
  "fix": "Исправьте, пожалуйста",
  "fate_queued": "Уйдёт, когда будет связь",
  "fate_queued_short": "ждёт связи",
  "fate_sending": "Отправляем",
  "fate_sent": "Отправлено",
  "fate_seen": "Увидели в поликлинике",
  "fate_seen_short": "Увидели",
  "fate_cancelling": "Отменяем",
  "fate_failed": "Не ушло",
  "edited": "изменено",
  "verified_answer": "Ответ медицинской организации"
});
