// Codes from a desk and what they are redeemed for: single-use, three days, taken back. No limits: a mock has no one to
// hold off.

import { randomInt, randomUUID } from 'node:crypto';

import { known } from './asked.js';
import { Refusal } from './problem.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./people.js').Person} Person */
/** @typedef {import('@medchat/wire/generated.ts').DeskCode} DeskCode */
/** @typedef {DeskCode & { digits: string }} Held */

const DIGITS = 12;
const SHEET = 48;
const LIFE_MS = 72 * 3_600_000;
/** H. Michael Damm's quasigroup of order ten. */
const QUASIGROUP =
  '0317598642 7092154863 4206871359 1750983426 6123045978 3674209581 5869720134 8945362017 9438617205 2581436790'.split(
    ' ',
  );

/** @param {string} digits */
const check = (digits) =>
  [...digits].reduce((state, digit) => QUASIGROUP[Number(state)]?.[Number(digit)] ?? '0', '0');

/** @param {string} code @returns {never} */
function invalid(code, field = 'code') {
  throw new Refusal('invalid', code, { errors: [{ field, code, detail: code }] });
}

/** @param {Person | undefined} person */
function registrar(person) {
  const me = known(person);
  if (me.role !== 'registrar' || me.organisation === undefined) throw new Refusal('not_allowed');
  return { me, organisation: me.organisation };
}

/** @param {World} world @param {Held} code @returns {DeskCode} */
function listed({ now }, { digits: _, ...code }) {
  const over = code.state === 'open' && Date.parse(code.expires_at) <= now();
  return over ? { ...code, state: 'expired' } : code;
}

/** @param {World} world @param {Person | undefined} person @param {{ organisation?: string, count?: number }} wish */
function handOut(world, person, { organisation: named, count = 1 }) {
  const { organisation } = registrar(person);
  if (named !== undefined && named !== organisation) invalid('unknown', 'organisation');
  if (!Number.isInteger(count) || count < 1 || count > SHEET) invalid('out_of_range', 'count');
  const [issued_at, expires_at] = [0, LIFE_MS].map((later) =>
    new Date(world.now() + later).toISOString(),
  );
  const codes = Array.from({ length: count }, (_, i) => {
    const digits = Array.from({ length: DIGITS - 1 }, () => randomInt(10)).join('');
    return {
      id: randomUUID(),
      place: i + 1,
      organisation,
      issued_at: issued_at ?? '',
      expires_at: expires_at ?? '',
      state: 'open',
      digits: digits + check(digits),
    };
  });
  world.deskCodes.unshift(...codes);
  const slips = codes.map(({ id, place, digits }) => ({
    id,
    place,
    code: digits.replace(/\d{3}(?=\d)/g, '$& '),
  }));
  return { code: slips[0]?.code, expires_at, slips };
}

/** @param {World} world @param {Person | undefined} person @param {string} id */
function takeBack(world, person, id) {
  const { organisation } = registrar(person);
  const code = world.deskCodes.find((one) => one.id === id && one.organisation === organisation);
  if (code === undefined) throw new Refusal('not_found');
  if (code.state === 'redeemed') throw new Refusal('code_used');
  if (code.state === 'revoked') throw new Refusal('already_done');
  code.state = 'revoked';
}

/** @param {World} world @param {Person | undefined} person @param {{ code?: string }} body */
function verify(world, person, { code: typed = '' }) {
  const me = known(person);
  if (me.kind === 'staff') throw new Refusal('not_allowed');
  const digits = typed.replace(/[\s.-]/g, '');
  if (/\D/.test(digits)) invalid('wrong_symbol');
  if (digits.length !== DIGITS) invalid('wrong_length');
  if (check(digits) !== '0') invalid('mistyped');
  const code = world.deskCodes.find((one) => one.digits === digits);
  if (code === undefined) return invalid('unknown');
  const { state } = listed(world, code);
  if (state === 'redeemed') throw new Refusal('code_used');
  if (state !== 'open') throw new Refusal('code_expired');
  if (me.verified) throw new Refusal('already_done');
  code.state = 'redeemed';
  me.verified = true;
  const at = new Date(world.now()).toISOString();
  return { adult: true, method: 'desk_code', at, expires_at: null };
}

/** @type {import('./asked.js').Route[]} */
export const DESK_CODE_ROUTES = [
  [
    'POST',
    /^\/desk-codes$/,
    ({ world, person, body }) => ({ status: 201, body: handOut(world, person, body) }),
  ],
  [
    'GET',
    /^\/desk-codes$/,
    ({ world, person }) => {
      const { organisation } = registrar(person);
      const own = world.deskCodes.filter((code) => code.organisation === organisation);
      return { body: { items: own.map((code) => listed(world, code)), next: null } };
    },
  ],
  [
    'DELETE',
    /^\/desk-codes\/([^/]+)$/,
    ({ world, person, parts: [id = ''] }) => {
      takeBack(world, person, id);
      return { status: 204 };
    },
  ],
  [
    'POST',
    /^\/verifications$/,
    ({ world, person, body }) => ({ body: verify(world, person, body) }),
  ],
];
