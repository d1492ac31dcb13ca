import adapter from '@sveltejs/adapter-static';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    // One page for every address: the server fills its shell and serves it under `/`, `/j/CODE`, `/rooms/ID`.
    adapter: adapter({ fallback: 'index.html' }),
    // Absolute, because the same page stands at several depths.
    paths: { relative: false },
    output: { preloadStrategy: 'modulepreload' },
  },
};
