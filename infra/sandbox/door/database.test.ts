import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './database.ts';

function openEmpty() {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-door-'));
  const database = openDatabase(join(folder, 'db', 'a.sqlite'), 'CREATE TABLE words (word TEXT) STRICT');
  onTestFinished(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const insert = database.sqlite.prepare('INSERT INTO words VALUES (?)');
  const select = database.sqlite.prepare('SELECT word FROM words');
  const words = () => select.all().map(({ word }) => word);
  return { ...database, insert: (word: string) => insert.run(word).changes, words };
}

const fail = () => {
  throw new Error('no');
};

test('what throws leaves nothing behind', () => {
  const { atomically, insert, words } = openEmpty();
  expect(() => atomically(() => insert('half') && fail())).toThrow('no');
  atomically(() => insert('whole'));
  expect(words()).toEqual(['whole']);
});

test('what is asked for in one turn is stored together, and each gets its own result', async () => {
  const { together, insert, words } = openEmpty();
  const write = (word: string) => together(() => `${words().length}${insert(word) && word}`);
  expect(await Promise.all([write('a'), write('b')])).toEqual(['0a', '1b']);
  expect(await write('c')).toBe('2c');
  expect(words()).toEqual(['a', 'b', 'c']);
});

test('when one of a turn throws, none of it is stored and all hear of it', async () => {
  const { together, insert, words } = openEmpty();
  const results = await Promise.allSettled([together(() => insert('a')), together(fail)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(words()).toEqual([]);
});
