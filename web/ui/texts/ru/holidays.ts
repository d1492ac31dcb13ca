// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const holidays = /* @__PURE__ */ section('holidays', {
  "new_year": "новогодние каникулы",
  "christmas": "Рождество",
  "defender_day": "День защитника Отечества",
  "womens_day": "Международный женский день",
  "labour_day": "Праздник Весны и Труда",
  "victory_day": "День Победы",
  "russia_day": "День России",
  "unity_day": "День народного единства",
  "moved_day_off": "перенесён с другого дня"
});
