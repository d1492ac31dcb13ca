// The mock's whole state: the real regions and rooms of deploy/regions, invented organisations and
// people, empty feeds. Knows no HTTP and no socket.

import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'smol-toml';

import { invent } from './people.js';

/** @typedef {import('@medchat/wire/generated.ts').Entry} Entry */
/** @typedef {import('@medchat/wire/generated.ts').Message} Message */
/** @typedef {import('./people.js').Person} Person */
/**
 * @typedef {object} Room
 * @property {string} id
 * @property {'medchat' | 'announcements' | 'staff'} kind
 * @property {string} region
 * @property {string | null} okrug
 * @property {string} title
 * @property {string | null} subtitle
 * @property {string | null} code
 * @property {{ id: string, name: string }[]} organisations
 * @property {string} [organisation]
 * @property {{ platform: string, url: string, valid: boolean }[]} links
 * @property {Entry[]} log
 * @property {Map<string, Message>} messages
 * @property {number} seen
 */
/**
 * @typedef {object} World
 * @property {{ code: string, name: string, short: string, zone: string, clinics: { id: string, name: string }[], topics: object }[]} regions
 * @property {Map<string, Room>} rooms
 * @property {Map<string, { log: Entry[], seen: number }>} feeds of lanes, desks and people; a room is its own
 * @property {Map<string, import('./appeals.js').Held>} appeals
 * @property {Map<string, import('@medchat/wire/generated.ts').Shift & { organisation: string }>} shifts
 * @property {import('./desk-codes.js').Held[]} deskCodes newest first
 * @property {Person[]} people
 * @property {Map<string, { person: Person, frames: Set<(frame: object) => void> }>} sessions
 * @property {Map<string, { text: string, answer: object } | 'barred'>} cids
 * @property {() => number} now
 */

const FOLDER = new URL('../../deploy/regions/', import.meta.url);
const SHORT = { 'RU-KHA': 'rukha', 'RU-BA': 'ruba', 'RU-ROS': 'ruros' };
const LETTERS = '0123456789АВЕКМНОРСТУХ';
const ACCEPTED = [
  'appointment',
  'house_call',
  'queue',
  'subsidised_medicine',
  'ethics',
  'paid_services',
  'referral',
  'tests_booking',
  'documents',
  'reference',
  'other',
];

/** @returns {World} */
export function openWorld(now = () => Date.now()) {
  /** @type {World} */
  const world = {
    regions: [],
    rooms: new Map(),
    feeds: new Map(),
    appeals: new Map(),
    shifts: new Map(),
    deskCodes: [],
    people: [],
    sessions: new Map(),
    cids: new Map(),
    now,
  };
  for (const file of readdirSync(FOLDER)
    .filter((name) => name.endsWith('.toml'))
    .sort()) {
    addRegion(world, /** @type {any} */ (parse(readFileSync(new URL(file, FOLDER), 'utf8'))));
  }
  world.people = invent(world.regions);
  return world;
}

/** @param {World} world @param {any} file */
function addRegion(world, file) {
  const clinics = ['Поликлиника № 1 (пример)', 'Больница № 2 (пример)'].map((name, i) => ({
    id: `organisation-${world.regions.length * 2 + i + 1}`,
    name: `${name}, ${file.name}`,
  }));
  const short = /** @type {Record<string, string>} */ (SHORT)[file.code] ?? file.code.toLowerCase();
  world.regions.push({
    code: file.code,
    name: file.name,
    short,
    zone: file.time_zone,
    clinics,
    topics: topicsOf(file.topics),
  });
  for (const chat of file.medchats) {
    addRoom(world, file.code, 'medchat', chat.title, {
      okrug: chat.general ? null : chat.key,
      subtitle: chat.subtitle ?? null,
      organisations: clinics,
      links: ['telegram', 'max'].flatMap((platform) => linkOf(platform, chat[platform])),
    });
  }
  addRoom(world, file.code, 'announcements', file.announcements.title, {});
  for (const clinic of clinics) {
    addRoom(world, file.code, 'staff', clinic.name, { organisation: clinic.id, code: null });
  }
}

/** @param {World} world @param {string} region @param {Room['kind']} kind @param {string} title @param {Partial<Room>} more */
function addRoom(world, region, kind, title, more) {
  const number = world.rooms.size + 1;
  const id = `room-${number}`;
  world.rooms.set(id, {
    id,
    kind,
    region,
    okrug: null,
    title,
    subtitle: null,
    code: codeOf(number),
    organisations: [],
    links: [],
    log: [],
    messages: new Map(),
    seen: 0,
    ...more,
  });
}

/** Five characters and one that checks them. @param {number} number */
function codeOf(number) {
  let rest = number * 7919 + 104_729;
  let code = '';
  for (let i = 0; i < 5; i += 1) {
    code += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length);
  }
  return code + checkOf(code);
}

/** @param {string} code */
export function checkOf(code) {
  const sum = [...code].reduce((total, letter, i) => total + (i + 2) * LETTERS.indexOf(letter), 0);
  return LETTERS[sum % LETTERS.length] ?? '';
}

/** @param {string} platform @param {string | undefined} url */
function linkOf(platform, url) {
  if (url === undefined) return [];
  const length = url.slice(url.lastIndexOf('/') + 1).length;
  return [{ platform, url, valid: platform === 'max' ? length > 40 : length === 17 }];
}

/** @param {Record<string, string> | undefined} topics */
function topicsOf(topics = {}) {
  const rest = ['hospitalisation', 'drug_availability', 'prices'];
  const ruled = rest.map((topic) => [
    topic,
    topics[topic] ?? (topic === 'drug_availability' ? 'reference' : 'refused'),
  ]);
  return {
    accepted: ACCEPTED,
    refused: [
      'therapy',
      'diagnosis',
      'ambulance',
      ...ruled.flatMap(([topic, rule]) =>
        rule === 'refused'
          ? [topic]
          : rule === 'emergency_only'
            ? ['emergency_hospitalisation']
            : [],
      ),
    ],
    reference: ruled.flatMap(([topic, rule]) => (rule === 'reference' ? [topic] : [])),
  };
}
