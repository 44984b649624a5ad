import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopServices } from '../choreography/shop-services.ts';
import { refrain as run, type Said } from '../cli/refrain.fixture.ts';
import { changesOf } from './changes.ts';
import { describe as described } from './description.ts';
import { type Edits, edited } from './edited.fixture.ts';
import { linesOf } from './lines.ts';
import { lockFile, readLock } from './lock-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrain-lock-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const refrain = (...argv: string[]): Promise<Said> => run(['contracts', ...argv]);

/** The lock of this checkout, with a change that somebody made and nobody accepted. */
function plantedLock(name: string, edits: Edits): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(edited(JSON.parse(readFileSync(lockFile, 'utf8')), edits)));
  return file;
}

test('the contracts are as they were accepted; else: npx refrain contracts diff, then contracts accept', () => {
  const kept = readLock(lockFile)?.services ?? {};
  const changes = changesOf(kept, described(shopServices(), kept));
  expect(changes.length === 0 ? [] : linesOf(changes, [])).toEqual([]);
});

test('what the lock keeps is all of a contract: a description that is read back is the same', () => {
  const kept = readLock(lockFile)?.services ?? {};
  expect(JSON.parse(JSON.stringify(described(shopServices(), kept)))).toEqual(kept);
});

test('`contracts diff` tells a change and whom it breaks, and `contracts accept` keeps it with its reason', async () => {
  const file = plantedLock('changed.json', { 'services.payments.undoneBy.ChargeCaptured': 'RefundStuck' });
  const told = await refrain('diff', '--lock', file);
  expect(told).toMatchObject({ code: 1, err: '' });
  expect(told.out).toContain('BREAKS   payments.ChargeCaptured: RefundIssued undoes it, it was RefundStuck');
  const { code, out } = await refrain('diff', '--lock', file, '--json');
  const { changes, order } = JSON.parse(out) as {
    changes: { where: string }[];
    order: { services: string[] }[];
  };
  expect({ code, where: changes.map(({ where }) => where) }).toEqual({
    code: 1,
    where: ['payments.ChargeCaptured'],
  });
  expect(order).toEqual([]); // no order helps what breaks

  const accepted = await refrain('accept', '--lock', file, '--reason', 'A refund is what gives money back.');
  expect(accepted.code).toBe(0);
  expect(await refrain('diff', '--lock', file)).toMatchObject({ code: 0 });
  expect(readLock(file)?.accepted.at(-1)).toMatchObject({
    reason: 'A refund is what gives money back.',
    changes: ['payments.ChargeCaptured: RefundIssued undoes it, it was RefundStuck'],
  });
  const before = readFileSync(file, 'utf8');
  expect((await refrain('accept', '--lock', file, '--reason', 'again')).out).toContain('nothing was changed');
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('the schema of an older version stays what the lock has of it', () => {
  const file = plantedLock('older.json', {
    'services.payments.events.ChargeCaptured.versions.1': { type: 'object', title: 'as it was' },
  });
  const services = described(shopServices(), readLock(file)?.services);
  expect(services['payments']?.events['ChargeCaptured']?.versions[1]).toMatchObject({ title: 'as it was' });
  expect(described(shopServices())['payments']?.events['ChargeCaptured']?.versions[1]).toMatchObject({
    properties: { cents: { type: 'integer' } }, // from its stored sample
  });
});

test.each([
  ['no JSON', '{'],
  ['another document', '{"v":2}'],
  ['a lock with a hole', '{"v":1,"services":{"orders":{"entities":{}}},"accepted":[]}'],
])('a wrong lock is one clear line, and nothing is changed: %s', async (name, text) => {
  const file = join(folder, 'wrong.json');
  writeFileSync(file, text);
  for (const words of [['diff'], ['accept', '--reason', name]]) {
    const { code, out, err } = await refrain(...words, '--lock', file);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('is no lock of contracts');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  }
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a schema in it that is none is a wrong lock, too; one that cannot be written is said to be so', async () => {
  const path = 'services.payments.events.ChargeCaptured.versions.2.required';
  const spoilt = await refrain('diff', '--lock', plantedLock('spoilt.json', { [path]: 'all' }));
  expect(spoilt).toMatchObject({ code: 2, out: '' });
  expect(spoilt.err).toMatch(/is no lock of contracts: .+required/);
  const nowhere = await refrain('accept', '--reason', 'new', '--lock', join(folder, 'none', 'lock.json'));
  expect(nowhere).toMatchObject({ code: 2, out: '' });
  expect(nowhere.err).toMatch(/lock.json cannot be written: ENOENT.+ Nothing was accepted.\n$/);
});

test('without a lock there is nothing to compare with, and without a reason nothing is accepted', async () => {
  expect(await refrain('diff', '--lock', join(folder, 'none.json'))).toMatchObject({ code: 2, out: '' });
  expect((await refrain('accept')).err).toContain('--reason expects WHY');
  expect((await refrain('accept', '--reason', ' ')).code).toBe(2);
});
