// The sealed vault over an IndexedDB made of memory: it gives back what it took, and shows nothing to
// whoever opens the browser's storage.

import 'fake-indexeddb/auto';

import { openDB } from 'idb';
import { expect, test } from 'vitest';

import { openVault, type Kept } from './vault.ts';

const kept = (cid: string, change: Partial<Kept> = {}): Kept => ({
  cid,
  room: 'a',
  text: 'Тайна про кабинет 112',
  at: 1,
  order: 1,
  tried: false,
  state: 'queued',
  ...change,
});

test('the sealed vault gives back what it took, in order, and keeps persons apart', async () => {
  const vault = await openVault('nina');
  await vault.put(kept('two', { order: 2 }));
  await vault.put(kept('one'));
  await vault.put(kept('one', { tried: true }));
  expect(await vault.all()).toEqual([kept('one', { tried: true }), kept('two', { order: 2 })]);
  const again = await openVault('nina');
  expect(await again.get('two')).toEqual(kept('two', { order: 2 }));
  await again.remove('two');
  expect((await vault.all()).map(({ cid }) => cid)).toEqual(['one']);
  expect(await (await openVault('olga')).all()).toEqual([]);
});

test('two pages that open at once agree on one key', async () => {
  const [a, b] = await Promise.all([openVault('twins'), openVault('twins')]);
  await a.put(kept('one'));
  expect(await b.all()).toEqual([kept('one')]);
});

test('what lies in the storage cannot be read or moved, and sign-out leaves nothing', async () => {
  const vault = await openVault('secret');
  await vault.put(kept('one'));
  const db = await openDB('medchat-outbox');
  const row = (await db.get('items', ['secret', 'one'])) as { sealed: ArrayBuffer };
  expect(Object.keys(row).sort()).toEqual(['account', 'cid', 'iv', 'sealed']);
  expect(new TextDecoder().decode(row.sealed)).not.toContain('112');
  const key = (await db.get('keys', 'secret')) as CryptoKey;
  expect(key.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  await db.put('items', { ...row, cid: 'moved' });
  expect(await vault.get('moved')).toBeUndefined();
  expect(await db.get('items', ['secret', 'moved'])).toBeUndefined();
  await vault.clear();
  expect(await db.get('keys', 'secret')).toBeUndefined();
  expect(await db.getAllKeysFromIndex('items', 'account', 'secret')).toEqual([]);
  db.close();
});
