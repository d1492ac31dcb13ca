import { fileURLToPath } from 'node:url';
import { withoutInlineStyle } from '../ui/without-inline-style.ts';
import { sveltekit } from '@sveltejs/kit/vite';
import { bundle } from 'lightningcss';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const sheet = () =>
  bundle({
    filename: fileURLToPath(new URL('../ui/css/shell.css', import.meta.url)),
    minify: true,
  }).code;

/** `/shell.css`: the kit's sheets in one file that the page links before any script, for the server's plain HTML. */
function shellSheet(): Plugin {
  return {
    name: 'shell-sheet',
    configureServer(server) {
      server.middlewares.use('/shell.css', (_request, response) => {
        response.setHeader('content-type', 'text/css').end(sheet());
      });
    },
    generateBundle() {
      if (this.environment.name !== 'client') return;
      this.emitFile({ type: 'asset', fileName: 'shell.css', source: sheet() });
    },
  };
}

export default defineConfig({
  plugins: [withoutInlineStyle(), sveltekit(), shellSheet(), svelteTesting()],
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: {
        // Dozens of small chunks cost a phone on 3G more in round trips than they save in bytes.
        codeSplitting: {
          groups: [
            { name: 'runtime', test: /node_modules\/(svelte|esm-env|@sveltejs)\//, priority: 2 },
            { name: 'shared', minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
