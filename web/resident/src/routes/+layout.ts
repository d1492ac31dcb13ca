// Every page is drawn in the browser; what can be read before any script comes from the server's shell.
export const ssr = false;
export const prerender = false;
