import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claim } from './claim.ts';
import { foreignCredentials, ownCredentials, readCredentials, withoutCredentials } from './credentials.ts';
import { closeToOthers, isOurs, markerName, openDataFolder } from './data-folder.ts';
import { deleteState, ownedEntries } from './fresh.ts';
import { busyPort } from './ports.ts';
import { identify } from './process-identity.ts';
import { type RunFile, readRunFile, verified, writeRunFile } from './run-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrain-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('run.json', () => {
  const myself = identify(process.pid);
  const run = (processes: RunFile['processes'], supervisor = myself): RunFile => ({
    version: 1,
    supervisor,
    startedAt: '2026-01-01T00:00:00.000Z',
    natsUrl: 'nats://127.0.0.1:4022',
    portBase: 4000,
    ports: {},
    credentialsFolder: 'secrets',
    processes,
  });

  test('is read as it was written, by its owner only, and leaves no other file', () => {
    const written = run([{ name: 'psp', ...myself, url: 'http://127.0.0.1:4020', status: 'ready' }]);
    writeRunFile(folder, written);
    expect(readRunFile(folder)).toEqual(written);
    expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  test('that is torn, foreign or missing counts as none', () => {
    expect(readRunFile(folder)).toBeUndefined();
    for (const content of ['{"version":1,', '{"version":2}', '[]']) {
      writeFileSync(join(folder, 'run.json'), content);
      expect(readRunFile(folder)).toBeUndefined();
    }
  });

  test('is not believed: who does not run under that number since that time is stopped', () => {
    const entry = { url: '', status: 'ready' as const };
    const processes = [
      { name: 'orders', ...myself, ...entry },
      { name: 'payments', pid: process.pid, startTime: '1', ...entry },
      { name: 'mail', pid: 0, startTime: 'ended', url: '', status: 'restarting' as const },
      { name: 'console', pid: 0, startTime: 'ended', url: '', status: 'starting' as const },
      { name: 'psp', pid: process.pid, startTime: '1', url: '', status: 'starting' as const },
    ];
    const statuses = (about: RunFile) => verified(about).map(({ status }) => status);
    expect(statuses(run(processes))).toEqual(['ready', 'stopped', 'restarting', 'starting', 'stopped']);
    const orphaned = run(processes, { pid: process.pid, startTime: '1' });
    expect(statuses(orphaned)).toEqual(['ready', 'stopped', 'stopped', 'stopped', 'stopped']);
  });
});

describe('the claim on a folder', () => {
  test('is refused while its owner lives, naming it', () => {
    const { release } = claim(folder);
    expect(() => claim(folder)).toThrow(`its supervisor is pid ${process.pid}. Nothing was started.`);
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a dead supervisor, or of another process under its number, is taken over', () => {
    for (const owner of [
      '{"pid":999999999,"startTime":"1"}',
      `{"pid":${process.pid},"startTime":"1"}`,
      'torn',
    ]) {
      writeFileSync(join(folder, 'supervisor.json'), owner);
      const { self, release } = claim(folder);
      expect(JSON.parse(readFileSync(join(folder, 'supervisor.json'), 'utf8'))).toEqual(self);
      release();
    }
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('credentials', () => {
  test('are drawn once per user, for their owner only', () => {
    const secrets = join(folder, 'secrets');
    const first = ownCredentials(secrets, ['orders', 'payments']);
    expect(ownCredentials(secrets, ['orders', 'payments'])).toEqual(first);
    expect(first.get('orders')?.password).not.toBe(first.get('payments')?.password);
    expect(readCredentials(secrets, 'orders').inboxPrefix).toBe('_INBOX_orders');
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    expect(statSync(join(secrets, 'orders.json')).mode & 0o777).toBe(0o600);
  });

  test('of a broker of others are those of its url, for all, and leave the url', () => {
    const url = 'nats://me:p%40ss@broker:4222,nats://broker-2:4222';
    foreignCredentials(folder, { url, users: ['orders'] });
    expect(readCredentials(folder, 'orders')).toEqual({
      user: 'me',
      password: 'p@ss',
      inboxPrefix: '_INBOX.orders',
    });
    expect(withoutCredentials(url)).toBe('nats://broker:4222,nats://broker-2:4222');
  });

  test('of a file of users are each user’s own; a user it lacks is named', () => {
    const usersFile = join(folder, 'users.json');
    writeFileSync(usersFile, JSON.stringify({ orders: { user: 'o', password: 'x' } }));
    foreignCredentials(folder, { url: 'nats://b', users: ['orders'], usersFile });
    expect(readCredentials(folder, 'orders')).toEqual({
      user: 'o',
      password: 'x',
      inboxPrefix: '_INBOX_orders',
    });
    const lacking = { url: 'nats://b', users: ['orders', 'mail', 'admin'], usersFile };
    expect(() => foreignCredentials(folder, lacking)).toThrow('lacks mail, admin');
  });
});

describe('a folder', () => {
  const foreign = (): void => {
    for (const name of ['logs', 'orders']) mkdirSync(join(folder, name));
    for (const name of ['payments.xlsx', 'nats.md', 'secrets']) writeFileSync(join(folder, name), 'mine');
  };

  test('that is new or empty becomes a shop’s', () => {
    for (const path of [folder, join(folder, 'a', 'b')]) {
      openDataFolder(path);
      expect(readdirSync(path)).toEqual([markerName]);
      openDataFolder(path);
      rmSync(join(path, markerName));
    }
  });

  test('to which the shell sends what is said holds nothing', () => {
    writeFileSync(join(folder, 'up.log'), '');
    openDataFolder(folder);
    expect(isOurs(folder)).toBe(true);
  });

  test('with other things is refused, and left as it is', () => {
    chmodSync(folder, 0o755);
    foreign();
    const before = readdirSync(folder);
    expect(() => openDataFolder(folder)).toThrow(
      /^RF_CONFIG: .*holds logs, nats\.md, orders, payments\.xlsx, secrets and no refrain-data\.json/,
    );
    closeToOthers(folder);
    expect(deleteState(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual(before);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  test('of a shop from before there was a marker is marked', () => {
    mkdirSync(join(folder, 'nats'));
    writeRunFile(folder, {
      version: 1,
      supervisor: identify(process.pid),
      startedAt: '2026-01-01T00:00:00.000Z',
      natsUrl: 'nats://127.0.0.1:4022',
      portBase: 4000,
      ports: {},
      processes: [],
    });
    openDataFolder(folder);
    expect(readdirSync(folder)).toContain(markerName);
    chmodSync(folder, 0o755);
    closeToOthers(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('that cannot be made, below a file, is a wrong value', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openDataFolder(join(folder, 'file', 'x'))).toThrow(
      `RF_CONFIG: The configuration has wrong values: REFRAIN_DATA`,
    );
  });

  // Where the machine has them: elsewhere a folder would be made that nobody deletes.
  const unmakable = [
    ['/dev/null/x', '/dev/null'],
    ['/proc/x/y', '/proc/self/stat'],
    ['/sys/x', '/sys/kernel'],
  ] as const;
  const there = unmakable.filter(([, mark]) => existsSync(mark));
  test.each(there)('that nobody can make, %s, is a wrong value', (path) => {
    expect(() => openDataFolder(path)).toThrow(`RF_CONFIG: The configuration has wrong values: REFRAIN_DATA`);
  });
});

test('a fresh start deletes what a shop put there, by its exact name, and nothing else', () => {
  openDataFolder(folder);
  for (const name of ['nats', 'psp', 'nats-2', 'nats-4', 'read-models', 'secrets', 'mine'])
    mkdirSync(join(folder, name));
  for (const name of ['run.json', 'orders.sqlite', 'mail.md', 'up.log', '.env'])
    writeFileSync(join(folder, name), '');
  expect(deleteState(folder)).toEqual(['nats', 'nats-2', 'psp', 'read-models', 'run.json', 'secrets']);
  expect(readdirSync(folder).sort()).toEqual(
    ['.env', 'mail.md', 'mine', 'nats-4', 'orders.sqlite', markerName, 'up.log'].sort(),
  );
  expect(ownedEntries(folder)).toEqual([]);
});

test('a port that is taken is named with its holder', async () => {
  const gone = Array.from({ length: 50 }, () => openSync(import.meta.filename, 'r'));
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  gone.forEach(closeSync); // while it looks for the holder, one of them is open and closed again
  const taken = await busyPort(port);
  expect(taken?.port).toBe(port);
  const named = existsSync('/proc/net/tcp') ? `(pid ${process.pid})` : 'another process';
  expect(taken?.holder).toContain(named);
  server.close();
  await once(server, 'close');
  expect(await busyPort(port)).toBeUndefined();
});
