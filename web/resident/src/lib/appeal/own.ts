// What a room's screen needs of the reader's own appeals, in one file to fetch after the first paint.
export { openMine } from './mine.ts';
export { openThreads } from './threads.ts';
