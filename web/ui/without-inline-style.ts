// A Vite plugin for both clients: SvelteKit's page without the one inline style our content policy forbids.
import type { Plugin } from 'vite';

/** SvelteKit's announcer carries a style attribute, which our content policy forbids; base.css styles it by its id. */
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
