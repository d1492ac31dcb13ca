// The server's plain HTML stands until a screen has something better to show; base.css keeps the
// client hidden beside it, so a page changes once, from readable to alive, and never flashes.
/** Takes the plain HTML away; later calls do nothing. */
export function unveil(): void {
  document.getElementById('shell')?.remove();
}
