// The present, for words like "open until": moves twice a minute, so that nothing on the screen ticks.
// The one place of the console that asks for the time.
const STEP_MS = 30_000;
let present = $state(Date.now());

setInterval(() => (present = Date.now()), STEP_MS);
// A screen that slept comes back to yesterday's words.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') present = Date.now();
});

export const now = (): number => present;
