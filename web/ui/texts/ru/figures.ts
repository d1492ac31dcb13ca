// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const figures = /* @__PURE__ */ section('figures', {
  "title": "Показатели"
});
