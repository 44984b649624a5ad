import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headersOf, newCommit, type StoredMessage } from '@refrain/event-log';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportLogs } from './export-logs.ts';
import { checkArchive } from './import-logs.ts';

const folder = mkdtempSync(join(tmpdir(), 'refrain-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));

function stored(service: string, seq: number): StoredMessage {
  const entity = { service, entityType: 'order', entityId: `o-${seq}` };
  const because = { cause: 'c', reaction: 'r', correlation: 'ä' };
  const events = [{ id: `${service}-${seq}`, type: 'Placed', version: 1, ...because, data: { seq } }];
  const commit = newCommit({ entity, expected: 0, events });
  const header = Object.entries(headersOf(commit)).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  const place = { service, subject: commit.subject, seq, at: seq };
  return { ...place, header: header.join(''), body: Buffer.from(commit.body) };
}

const lengths: Readonly<Record<string, number>> = { orders: 1_200, payments: 3, mute: 0 };
const copies = {
  lastSequence: async (service: string) => lengths[service] ?? 0,
  read: async (service: string, from: number, limit: number) =>
    Array.from({ length: Math.min(limit, (lengths[service] ?? 0) - from + 1) }, (_, i) =>
      stored(service, from + i),
    ),
};
const onProgress = (): void => {};
const services = Object.keys(lengths);
const exported = async (name: string, without: readonly string[] = [], all = services) =>
  await exportLogs({
    copies,
    platformId: 'p',
    services: all.filter((service) => !without.includes(service)),
    without,
    kept: [],
    file: join(folder, name),
    onProgress,
  });
const check = async (file: string, known = services) => await checkArchive(file, known, onProgress);

let bytes: Buffer;
let count: number;
beforeAll(async () => {
  const { file, events } = await exported('whole');
  count = events;
  bytes = readFileSync(file);
});

test('the same logs give the same file, which is found to be whole', async () => {
  const { file } = await exported('again');
  expect(count).toBe(1_203);
  expect(readFileSync(file).equals(bytes)).toBe(true);
  expect(await check(file)).toMatchObject({ messages: 1_203, positions: lengths, platformId: 'p' });
});

test.each([0, 1, 200, 70_000, -1, -2, -190])('cut off at byte %s it is refused', async (at) => {
  const file = join(folder, 'cut');
  writeFileSync(file, bytes.subarray(0, at < 0 ? bytes.length + at : at));
  await expect(check(file)).rejects.toThrow(/RF_ARCHIVE: .*cut off|it is empty/);
});

test.each(['\n', 'x\n', 'x'])(
  'what follows its last line is refused before anything is written',
  async (more) => {
    const file = join(folder, 'more');
    writeFileSync(file, Buffer.concat([bytes, Buffer.from(more)]));
    await expect(check(file)).rejects.toThrow('RF_ARCHIVE: ');
  },
);

test('every byte that is altered is found', async () => {
  const small = readFileSync((await exported('small', [], ['payments'])).file);
  const file = join(folder, 'altered');
  for (let at = 3; at < small.length; at += 11) {
    const altered = Buffer.from(small);
    altered[at] = altered[at] === 0x31 ? 0x32 : 0x31;
    writeFileSync(file, altered);
    await expect(check(file), `byte ${at}`).rejects.toThrow('RF_ARCHIVE');
  }
});

test('a log that is missing, or that nobody here knows, is named', async () => {
  await expect(check(join(folder, 'whole'), ['orders', 'mute'])).rejects.toThrow(
    'the log of payments, which',
  );
  const { file } = await exported('part', ['payments']);
  await expect(check(file)).rejects.toThrow('the log of payments was left out of it');
  expect(await check(join(folder, 'whole'), [...services, 'shipping'])).toMatchObject({ events: 1_203 });
});

test('a log with a gap is not exported, and no file is left', async () => {
  const gap = { ...copies, read: async () => [stored('orders', 1), stored('orders', 3)] };
  const file = join(folder, 'gap');
  const asked = {
    copies: gap,
    platformId: 'p',
    services: ['orders'],
    without: [],
    kept: [],
    file,
    onProgress,
  };
  await expect(exportLogs(asked)).rejects.toThrow('the log of orders has nothing at 2');
  expect(readdirSync(folder).filter((name) => name.startsWith('gap'))).toEqual([]);
});
