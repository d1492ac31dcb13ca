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

/**
 * What only some pages share must not come with those that are read first: forms and finder, and what
 * belongs to one appeal.
 */
const ofForms =
  /texts\/ru\/(account|fault|finder)\.|ui\/(Field|Summary|fault)\.|lib\/(account|finder)\//;
const ofAppeals =
  /texts\/ru\/(appeal_page|ask)\.|css\/case\.|ui\/(Choice|PrivateStrip|Rating|Steps|Verdict|kept|steps)|lib\/(appeal|ask)\/(?!ended|Official)|wire\/(appeal|standing)\./;

export default defineConfig({
  plugins: [withoutInlineStyle(), sveltekit(), shellSheet(), svelteTesting()],
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: {
        // Dozens of small chunks cost a phone on 3G more in round trips than they save in bytes.
        codeSplitting: {
          groups: [
            { name: 'runtime', test: /node_modules\/(svelte|esm-env|@sveltejs)\//, priority: 3 },
            {
              name: 'shared',
              test: (id) => !ofForms.test(id) && !ofAppeals.test(id),
              minShareCount: 2,
              priority: 2,
            },
            { name: 'forms', test: ofForms, minShareCount: 2, priority: 1 },
            { name: 'appeal', test: ofAppeals, minShareCount: 2, priority: 1, entriesAware: true },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
