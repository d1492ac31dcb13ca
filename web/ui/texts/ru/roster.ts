// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const roster = /* @__PURE__ */ section('roster', {
  "title": "Дежурства"
});
