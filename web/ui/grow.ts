// A text area that is as high as its text. CSS may bound it; the height is set through the object
// model, which a strict content policy allows.
/** Attach to a text area: `{@attach grow}`. */
export function grow(area: HTMLTextAreaElement): () => void {
  const fit = () => {
    area.style.height = 'auto';
    const borders = area.offsetHeight - area.clientHeight;
    area.style.height = `${area.scrollHeight + borders}px`;
  };
  // Also when the text is set from outside, which makes no input event.
  const frame = requestAnimationFrame(fit);
  area.addEventListener('input', fit);
  return () => {
    cancelAnimationFrame(frame);
    area.removeEventListener('input', fit);
  };
}
