// SvelteKit's announcer carries a style attribute, which our content policy forbids; the kit's base.css
// styles it by its id.
import type { Plugin } from 'vite';

export function withoutInlineStyle(): Plugin {
  return {
    name: 'without-inline-style',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('generated/root.svelte')) return;
      return code.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1');
    },
  };
}
