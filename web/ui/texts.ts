// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

export { time } from './texts/ru/time.ts';
export { topics } from './texts/ru/topics.ts';
export { kit } from './texts/ru/kit.ts';
export { door } from './texts/ru/door.ts';
export { holidays } from './texts/ru/holidays.ts';
export { finder } from './texts/ru/finder.ts';
export { room } from './texts/ru/room.ts';
export { appeal } from './texts/ru/appeal.ts';
export { appeal_page } from './texts/ru/appeal_page.ts';
export { record } from './texts/ru/record.ts';
export { ask } from './texts/ru/ask.ts';
export { status } from './texts/ru/status.ts';
export { account } from './texts/ru/account.ts';
export { factor } from './texts/ru/factor.ts';
export { sessions } from './texts/ru/sessions.ts';
export { acts } from './texts/ru/acts.ts';
export { audit } from './texts/ru/audit.ts';
export { verify } from './texts/ru/verify.ts';
export { fault } from './texts/ru/fault.ts';
export { problem } from './texts/ru/problem.ts';
export { console } from './texts/ru/console.ts';
export { codes } from './texts/ru/codes.ts';
export { queue } from './texts/ru/queue.ts';
export { work } from './texts/ru/work.ts';
export { roster } from './texts/ru/roster.ts';
export { figures } from './texts/ru/figures.ts';
