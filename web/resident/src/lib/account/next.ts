// Where sign-in leads back to. Only pages of our own: an address from outside must not decide.

const RETURNS = /^\/(?!\/)[^\\]*$/;

/** The page asked for by `?next=`, else the account. */
export function nextOf(url: URL): string {
  const asked = url.searchParams.get('next') ?? '';
  return RETURNS.test(asked) ? asked : '/account';
}

type Way = '/sign-in' | '/sign-up' | '/18';

/** That page, which leads on to `next`. */
export const leadingTo = (page: Way, next: string): string =>
  `${page}?next=${encodeURIComponent(next)}`;

const waiting = (here: URL): string => here.searchParams.get('next') ?? here.pathname;

export const signInFrom = (here: URL): string => leadingTo('/sign-in', waiting(here));
export const signUpFrom = (here: URL): string => leadingTo('/sign-up', waiting(here));
/** Confirming that one is 18+, and back here. */
export const verifyFrom = (here: URL): string => leadingTo('/18', here.pathname);
