// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const sessions = /* @__PURE__ */ section('sessions', {
  "title": "Где выполнен вход",
  "lead": "Незнакомое устройство — выйдите на нём и смените пароль.",
  "here": "Это устройство",
  "unknown": "Неизвестное устройство",
  "begun": "Вход {time}",
  "seen": "Было на связи {time}",
  "end": "Выйти там",
  "ended": "На том устройстве выполнен выход",
  "end_others": "Выйти на всех остальных",
  "ended_others": "На остальных устройствах выполнен выход",
  "only_here": "Других входов нет",
  "failed": "Список входов не загрузился"
});
