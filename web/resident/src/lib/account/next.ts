// Where sign-in leads back to. Only pages of our own: an address from outside must not decide.

const RETURNS = /^\/(?!\/)[^\\]*$/;

/** The page asked for by `?next=`, else the account. */
export function nextOf(url: URL): string {
  const asked = url.searchParams.get('next') ?? '';
  return RETURNS.test(asked) ? asked : '/account';
}

function leadingTo(page: '/sign-in' | '/sign-up', here: URL): string {
  const waits = here.searchParams.get('next') ?? here.pathname;
  return `${page}?next=${encodeURIComponent(waits)}`;
}

export const signInFrom = (here: URL): string => leadingTo('/sign-in', here);
export const signUpFrom = (here: URL): string => leadingTo('/sign-up', here);
