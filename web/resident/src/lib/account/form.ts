// What is wrong with a sign-in or sign-up: before sending, and after the server said no.
// One line per field; a line without a field concerns the whole form.
import { Refused } from '@medchat/wire/http.ts';
import { account, fault, problem } from '@medchat/ui/texts.ts';
import { faultWords } from '@medchat/ui/fault.ts';
import { codeOf, mistakeWords } from '@medchat/ui/mistake.ts';

export interface Mistake {
  field: string;
  text: string;
}

export interface Person {
  login: string;
  password: string;
  alias: string;
}

const PASSWORD_LEAST = 10;

const missing = (value: string, field: string, text: string): Mistake[] =>
  value.trim() === '' ? [{ field, text }] : [];

export const signInMistakes = ({ login, password }: Omit<Person, 'alias'>): Mistake[] => [
  ...missing(login, 'login', account.login_empty),
  ...missing(password, 'password', account.password_empty),
];

export function signUpMistakes({ login, password, alias }: Person): Mistake[] {
  const short = [...password].length < PASSWORD_LEAST;
  return [
    ...missing(login, 'login', account.login_empty),
    ...(short ? [{ field: 'password', text: fault.password_too_short }] : []),
    ...missing(alias, 'alias', account.alias_empty),
  ];
}

/** The server's refusal, beside the fields it names. */
export function refusedMistakes(error: unknown): Mistake[] {
  const code = codeOf(error);
  if (code === 'login_taken') return [{ field: 'login', text: problem.login_taken }];
  const errors = error instanceof Refused ? (error.problem.errors ?? []) : [];
  if (code === 'invalid' && errors.length > 0) {
    return errors.map(({ field, code }) => ({ field, text: faultWords(field, code) }));
  }
  return [{ field: '', text: mistakeWords(error) }];
}

export const mistakeAt = (mistakes: readonly Mistake[], field: string): string | undefined =>
  mistakes.find((mistake) => mistake.field === field)?.text;
