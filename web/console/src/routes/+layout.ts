// Every page is drawn in the browser; nothing of the console is public.
export const ssr = false;
export const prerender = false;
