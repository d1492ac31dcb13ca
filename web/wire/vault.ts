// Where unsent messages outlive the page: IndexedDB, each item sealed with AES-GCM under a key that
// scripts may use but never read. Readable there: account, cid, order. Knows nothing of sending.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import type { Lane, OpenAppeal } from './generated.ts';

/** What an appeal is opened with, beside its question. */
export type Opening = Omit<OpenAppeal, 'cid' | 'room' | 'text' | 'acknowledged'>;

/** A message on its way, as it is kept: to a room or to an appeal, or a question that opens one. */
export interface Kept {
  cid: string;
  room?: string;
  /** It opens an appeal in the room. */
  opening?: Opening;
  appeal?: string;
  /** The lane of the appeal; absent: the server chooses. */
  lane?: Lane;
  /** Staff: the lane's head they saw when they wrote. */
  seen?: number;
  text: string;
  /** The person saw the emergency card and goes on. */
  acknowledged?: boolean;
  /** When it was written, in milliseconds of this device's clock: to show, never to order by. */
  at: number;
  /** Grows with each message of this account; messages leave in this order. */
  order: number;
  /** It was put on the wire at least once, so the server may know it. */
  tried: boolean;
  state: 'queued' | 'failed' | 'cancelling';
  code?: string;
}

/** Keeps the items of one account. */
export interface Vault {
  all(): Promise<Kept[]>;
  get(cid: string): Promise<Kept | undefined>;
  put(item: Kept): Promise<void>;
  remove(cid: string): Promise<void>;
  /** Forgets the items and the key. */
  clear(): Promise<void>;
}

interface Sealed {
  account: string;
  cid: string;
  iv: Uint8Array<ArrayBuffer>;
  sealed: ArrayBuffer;
}

interface Schema extends DBSchema {
  keys: { key: string; value: CryptoKey };
  items: { key: [string, string]; value: Sealed; indexes: { account: string } };
}

const DATABASE = 'medchat-outbox';

/** Opens the account's vault; where the browser has no storage or no WebCrypto, one that lasts as long as the page. */
export async function openVault(account: string): Promise<Vault> {
  try {
    const db = await openDB<Schema>(DATABASE, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('keys');
        fresh
          .createObjectStore('items', { keyPath: ['account', 'cid'] })
          .createIndex('account', 'account');
      },
    });
    return sealedVault(db, account, await keyOf(db, account));
  } catch {
    return memoryVault();
  }
}

/** A vault that dies with the page. */
export function memoryVault(): Vault {
  const items = new Map<string, Kept>();
  return {
    all: async () => [...items.values()].sort((a, b) => a.order - b.order),
    get: async (cid) => items.get(cid),
    put: async (item) => void items.set(item.cid, item),
    remove: async (cid) => void items.delete(cid),
    clear: async () => items.clear(),
  };
}

function sealedVault(db: IDBPDatabase<Schema>, account: string, key: CryptoKey): Vault {
  const open = async (kept: Sealed): Promise<Kept | undefined> => {
    try {
      const plain = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: kept.iv, additionalData: bound(account, kept.cid) },
        key,
        kept.sealed,
      );
      return JSON.parse(new TextDecoder().decode(plain)) as Kept;
    } catch {
      // Sealed under a key that is gone: nobody can read it any more, and it must not block the rest.
      await db.delete('items', [account, kept.cid]);
      return undefined;
    }
  };
  return {
    async all() {
      const rows = await db.getAllFromIndex('items', 'account', account);
      const items = await Promise.all(rows.map(open));
      return items.filter((item) => item !== undefined).sort((a, b) => a.order - b.order);
    },
    async get(cid) {
      const row = await db.get('items', [account, cid]);
      return row === undefined ? undefined : open(row);
    },
    async put(item) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(item));
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: bound(account, item.cid) },
        key,
        plain,
      );
      await db.put('items', { account, cid: item.cid, iv, sealed });
    },
    remove: (cid) => db.delete('items', [account, cid]),
    async clear() {
      const both = db.transaction(['items', 'keys'], 'readwrite');
      for (const at of await both.objectStore('items').index('account').getAllKeys(account)) {
        await both.objectStore('items').delete(at);
      }
      await both.objectStore('keys').delete(account);
      await both.done;
      db.close();
    },
  };
}

/** The account's key. Two tabs may make one at the same moment: the first to be stored is the one. */
async function keyOf(db: IDBPDatabase<Schema>, account: string): Promise<CryptoKey> {
  const present = await db.get('keys', account);
  if (present !== undefined) return present;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const both = db.transaction('keys', 'readwrite');
  const first = await both.store.get(account);
  if (first === undefined) await both.store.put(made, account);
  await both.done;
  return first ?? made;
}

/** Ties a sealed item to its place, so that rows cannot be swapped. */
function bound(account: string, cid: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${account}\n${cid}`);
}
