// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const audit = /* @__PURE__ */ section('audit', {
  "title": "Журнал действий",
  "lead": "Кто, что, с чем и почему. Записи нельзя ни изменить, ни удалить: они связаны цепочкой и подписаны.",
  "when": "Когда",
  "who": "Кто",
  "what": "Действие",
  "target": "С чем",
  "reason": "Причина",
  "server": "Сервер",
  "filter": "Отбор",
  "act": "Действие начинается с",
  "act_hint": "Например, grant или desk_code",
  "of_target": "С чем",
  "of_target_hint": "Например, appeal: и номер записи",
  "from": "С даты",
  "to": "По дату",
  "search": "Найти",
  "clear": "Сбросить",
  "more": "Показать ещё",
  "nothing": "Таких записей нет",
  "nothing_next": "Уберите часть условий.",
  "by_this": "Все действия этого человека",
  "about_this": "Всё об этом",
  "failed": "Журнал не загрузился",
  "no_right": "Журнал читают аудиторы",
  "no_right_next": "Если это ваша работа, попросите администратора о назначении.",
  "person": "Человек"
});
