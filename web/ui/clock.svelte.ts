// The present, for words like "open until": moves twice a minute, so that no screen goes stale
// and nothing on it ticks. The one place of a client that asks for the time.
const STEP_MS = 30_000;
let present = $state(Date.now());

setInterval(() => (present = Date.now()), STEP_MS);
// A phone that slept comes back to yesterday's words.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') present = Date.now();
});

export const now = (): number => present;
