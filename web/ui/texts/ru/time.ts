// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const time = /* @__PURE__ */ section('time', {
  "months": [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря"
  ],
  "weekdays_short": [
    "Пн",
    "Вт",
    "Ср",
    "Чт",
    "Пт",
    "Сб",
    "Вс"
  ],
  "weekdays_on": [
    "в понедельник",
    "во вторник",
    "в среду",
    "в четверг",
    "в пятницу",
    "в субботу",
    "в воскресенье"
  ],
  "weekdays_until": [
    "понедельника",
    "вторника",
    "среды",
    "четверга",
    "пятницы",
    "субботы",
    "воскресенья"
  ],
  "today": "сегодня",
  "tomorrow": "завтра",
  "yesterday": "вчера",
  "today_line": "Сегодня",
  "yesterday_line": "Вчера",
  "day_month": "{day} {month}",
  "day_month_year": "{day} {month} {year}",
  "at": "{day} в {time}",
  "until": "{day}, {time}",
  "by": "{day} до {time}",
  "hours_minutes": "{hours} ч {minutes} мин",
  "hours": "{hours} ч",
  "minutes": "{minutes} мин"
});
