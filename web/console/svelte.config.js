import adapter from '@sveltejs/adapter-static';

/** @type {import('@sveltejs/kit').Config} */
export default {
  kit: {
    // One page for every address below the base; the server sends it whole.
    adapter: adapter({ fallback: 'index.html' }),
    // Absolute, because the same page stands at several depths.
    paths: { base: '/console', relative: false },
  },
};
