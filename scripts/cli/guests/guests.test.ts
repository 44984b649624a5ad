import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { pretendShop, refrain } from '../refrain.fixture.ts';
import { durable, guest } from './guest.fixture.ts';
import { guestsOf, keepGuest, readTopology } from './guest-list.ts';

let dataFolder: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-guests-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
  pretendShop(dataFolder, { name: 'orders', url: 'http://127.0.0.1:1' });
});

const admit = async (topology: unknown) => {
  const path = join(dataFolder, 'topology.json');
  writeFileSync(path, typeof topology === 'string' ? topology : JSON.stringify(topology));
  return await refrain(['guests', 'admit', path], { REFRAIN_DATA: dataFolder });
};

test.each([
  ['what is no JSON', '{', 'is not what topologyOf() makes'],
  ['what is no topology', { service: 'invoices' }, 'is not what topologyOf() makes'],
  [
    'a name that the shop has',
    { ...guest, service: 'payments', durables: [] },
    'payments is a name of the shop itself',
  ],
  [
    'a name that a user of the broker has',
    { ...guest, service: 'admin', durables: [] },
    'admin is a name of the shop',
  ],
  [
    "a durable in another's name",
    { ...guest, durables: [{ ...durable, durable: 'payments' }] },
    'the name of the service',
  ],
  [
    'one that hears nobody there is',
    { ...guest, durables: [{ ...durable, stream: 'nobody' }] },
    'EVENTS_NOBODY, which nobody owns',
  ],
])('%s is refused in one line, and nothing is kept of it', async (_, topology, message) => {
  const { code, out, err } = await admit(topology);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(guestsOf(dataFolder)).toEqual([]);
});

test('a guest that is kept is read again, and lies where only its owner reads', () => {
  expect(guestsOf(dataFolder)).toEqual([]);
  keepGuest(dataFolder, guest);
  expect(guestsOf(dataFolder)).toEqual([guest]);
  expect(readdirSync(join(dataFolder, 'guests'))).toEqual(['invoices.json']);
  writeFileSync(join(dataFolder, 'guests', 'invoices.json'), '{');
  expect(() => guestsOf(dataFolder)).toThrow(/RF_TOPOLOGY_FILE.*guests.invoices\.json/);
});

test('who is no guest is not dismissed, and one that another guest hears is not', async () => {
  const dismiss = async () => await refrain(['guests', 'dismiss', 'invoices'], { REFRAIN_DATA: dataFolder });
  expect(await dismiss()).toMatchObject({ code: 2, err: expect.stringContaining('there are none') });
  keepGuest(dataFolder, guest);
  keepGuest(dataFolder, {
    service: 'taxes',
    durables: [{ ...durable, stream: 'invoices', durable: 'taxes' }],
    schedules: false,
  });
  expect(await dismiss()).toMatchObject({
    code: 2,
    err: expect.stringContaining('taxes reads EVENTS_INVOICES'),
  });
  expect(guestsOf(dataFolder).map(({ service }) => service)).toEqual(['invoices', 'taxes']);
});

test('a file without the types of its entities is one of an older library', () => {
  const path = join(dataFolder, 'old.json');
  const { entityTypes: _, ...old } = guest;
  writeFileSync(path, JSON.stringify(old));
  expect(readTopology(path)).toEqual({ ...guest, entityTypes: [] });
});
