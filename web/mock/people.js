// The demo's accounts, all invented, and what each may do. The server's policy table is the truth;
// this is the part of it that screens can tell apart.

/** @typedef {import('./world.js').Room} Room */
/**
 * @typedef {object} Person
 * @property {string} id
 * @property {string} login
 * @property {string} password
 * @property {'resident' | 'staff'} kind
 * @property {string} alias
 * @property {boolean} verified
 * @property {string} [role]
 * @property {string} [region]
 * @property {string} [organisation]
 * @property {{ name: string, position: string, organisation: string }} [signature]
 * @property {Set<string>} rooms
 * @property {Map<string, number>} read
 */

const PASSWORD = 'medchat-demo-2026';
/** Role, position, organisation A or B; without one the role is the region's. */
const STAFF = /** @type {const} */ ([
  ['chief', 'chief_physician', 'Марина Ковалёва', 'главный врач', 'A'],
  ['head', 'department_head', 'Ирина Седова', 'заведующая регистратурой', 'A'],
  ['responder', 'responder', 'Олег Минаев', 'специалист контакт-центра', 'A'],
  ['registrar', 'registrar', 'Анна Белова', 'регистратор', 'A'],
  ['responder2', 'responder', 'Тимур Галеев', 'специалист контакт-центра', 'B'],
  ['moderator', 'moderator', 'Вера Лапина', 'модератор', ''],
  ['volunteer', 'volunteer', 'Павел Юдин', 'волонтёр', ''],
  ['curator', 'curator', 'Светлана Орлова', 'куратор', ''],
  ['observer', 'observer', 'Юрий Климов', 'наблюдатель', ''],
]);
const RESIDENTS = ['Нина К.', 'Виктор С.', 'Тамара Н.', 'Павел Р.', 'Людмила Ж.'];
const POSTING = ['chief_physician', 'department_head', 'responder', 'moderator', 'curator'];
/** Those who answer for an organisation, and those of them who hand out work. */
export const ANSWERING = [
  'chief_physician',
  'deputy_chief_physician',
  'department_head',
  'responder',
];
export const LEADING = ANSWERING.slice(0, 3);
const ANNOUNCING = ['chief_physician', 'department_head', 'responder', 'curator'];

/** @param {{ code: string, short: string, name: string, clinics: { id: string, name: string }[] }[]} regions */
export function invent(regions) {
  /** @type {Person[]} */
  const people = [];
  /** @param {Partial<Person> & { login: string, alias: string, kind: 'resident' | 'staff' }} who */
  const add = (who) =>
    people.push({
      id: `person-${people.length + 1}`,
      password: PASSWORD,
      verified: true,
      rooms: new Set(),
      read: new Map(),
      ...who,
    });
  for (const { code, short, name, clinics } of regions) {
    RESIDENTS.forEach((alias, i) =>
      add({ login: `resident${i + 1}.${short}@demo`, alias, kind: 'resident' }),
    );
    add({ login: `guest.${short}@demo`, alias: 'Гость', kind: 'resident', verified: false });
    for (const [word, role, alias, position, letter] of STAFF) {
      const clinic = letter === '' ? undefined : clinics[letter === 'B' ? 1 : 0];
      const organisation = clinic?.name ?? `Министерство здравоохранения, ${name} (пример)`;
      add({
        login: `${word}.${short}@demo`,
        alias,
        kind: 'staff',
        role,
        region: code,
        ...(clinic && { organisation: clinic.id }),
        signature: { name: alias, position, organisation },
      });
    }
  }
  return people;
}

/** Whether the room exists for this person. @param {Person | undefined} person @param {Room} room */
export function sees(person, room) {
  if (room.kind !== 'staff') return true;
  return person?.organisation !== undefined && person.organisation === room.organisation;
}

/** @param {Person} person @param {Room} room @returns {string[]} */
export function may(person, room) {
  if (!sees(person, room)) return [];
  if (person.kind === 'resident') {
    const member = person.rooms.has(room.id);
    const posting = room.kind === 'medchat' && member;
    return [
      'read',
      member ? 'leave' : 'join',
      ...(posting ? [person.verified ? 'post' : 'post_after_verification'] : []),
    ];
  }
  if (person.region !== room.region) return ['read'];
  const role = person.role ?? '';
  const posts =
    room.kind === 'staff' || (room.kind === 'medchat' ? POSTING : ANNOUNCING).includes(role);
  return ['read', ...(posts ? ['post'] : []), ...(role === 'moderator' ? ['hide'] : [])];
}
