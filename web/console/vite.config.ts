import { sveltekit } from '@sveltejs/kit/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

import { withoutInlineStyle } from '../ui/without-inline-style.ts';

export default defineConfig({
  plugins: [withoutInlineStyle(), sveltekit(), svelteTesting()],
  build: { target: 'es2022' },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
