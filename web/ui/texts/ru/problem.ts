// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const problem = /* @__PURE__ */ section('problem', {
  "unauthenticated": "Войдите ещё раз",
  "second_factor_required": "Введите код второго шага",
  "not_allowed": "Здесь вам писать нельзя",
  "not_verified": "Сначала подтвердите 18+",
  "not_found": "Этого больше нет",
  "cid_conflict": "Это сообщение уже ушло с другим текстом",
  "wrong_state": "Сейчас писать нельзя",
  "login_taken": "Этот логин занят. Придумайте другой",
  "code_used": "Этим кодом уже воспользовались. Попросите в регистратуре новый",
  "code_expired": "Этот код больше не действует. Попросите в регистратуре новый",
  "too_large": "Слишком длинно",
  "invalid": "Проверьте введённое",
  "rate_limited": "Слишком часто. Подождите минуту",
  "dependency_down": "Сервер занят. Попробуйте ещё раз",
  "storage_full": "На сервере кончилось место. Попробуйте позже",
  "offline": "Нет связи. Проверьте интернет и попробуйте ещё раз",
  "else": "Не получилось. Попробуйте ещё раз"
});
