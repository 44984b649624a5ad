import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findServices } from './found-services.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrain-services-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, manifest: unknown): void {
  mkdirSync(join(folder, name));
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  writeFileSync(join(folder, name, 'package.json'), text);
}

const named = () => findServices(folder).map(({ name }) => name);

test('the shop as it stands: its services on their ports, orders as its edge', () => {
  const stands = findServices().map(({ name, port, edge }) => ({ name, port, edge }));
  expect(stands).toEqual(
    expect.arrayContaining([
      { name: 'orders', port: 10, edge: true },
      { name: 'payments', port: 11, edge: false },
      { name: 'inventory', port: 12, edge: false },
      { name: 'notifications', port: 13, edge: false },
    ]),
  );
});

test('a folder is a service by the field of its package.json, and comes by its port, then by its name', () => {
  write('governor', { name: 'governor' });
  write('b', { refrain: {} });
  write('a', { refrain: { env: { CARRIER_URL: 'http://127.0.0.1:1' } } });
  write('z', { refrain: { port: 15 } });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'README.md'), '');
  expect(named()).toEqual(['z', 'a', 'b']);
});

test.each([
  ['a port that is the governor’s', { refrain: { port: 14 } }, 'x/package.json: port 14 is that of governor'],
  ['a port that another has', { refrain: { port: 16 } }, 'x/package.json: port 16 is that of a'],
  [
    'a variable of the shop',
    { refrain: { env: { STRIPE_API_KEY: '' } } },
    'STRIPE_API_KEY is a setting of the shop',
  ],
  ['a field that nobody knows', { refrain: { ports: 1 } }, 'services/x/package.json: '],
  ['what is no JSON', '{', 'services/x/package.json: '],
])('refuses %s', (_, manifest, said) => {
  write('a', { refrain: { port: 16 } });
  write('x', manifest);
  expect(named).toThrow(said);
});
