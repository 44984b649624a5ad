import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { reconcile } from './admin.ts';
import { canLogIn, connectBroker } from './connect.ts';
import { type TestBroker, testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';
import { natsServerConfig } from './users.ts';

const folder = mkdtempSync(join(tmpdir(), 'refrain-tls-'));
const [ca, otherCa, cert, key] = ['ca.pem', 'other.pem', 'cert.pem', 'key.pem'].map((name) =>
  join(folder, name),
);
const plan = brokerPlan([]);
const login = { user: 'admin', password: 'secret' };
const users = [{ name: login.user, password: login.password }];
let broker: TestBroker;
let plain: TestBroker;

const openssl = (...args: string[]): void =>
  void execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '1',
      ...args,
    ],
    { stdio: 'pipe' },
  );

beforeAll(async () => {
  const [caKey, otherKey] = [join(folder, 'ca.key'), join(folder, 'other.key')];
  openssl('-keyout', caKey, '-out', ca as string, '-subj', '/CN=an authority');
  openssl('-keyout', otherKey, '-out', otherCa as string, '-subj', '/CN=another authority');
  openssl(
    '-CA',
    ca as string,
    '-CAkey',
    caKey,
    '-keyout',
    key as string,
    '-out',
    cert as string,
    '-subj',
    '/CN=nats',
    '-addext',
    'subjectAltName=DNS:localhost',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  );
  const conf = (at: { port: number; storeDir: string }): string => natsServerConfig({ plan, users, ...at });
  const tls = `tls { cert_file: ${JSON.stringify(cert)}, key_file: ${JSON.stringify(key)} }\n`;
  broker = await testBroker(inject('natsServerBin'), (at) => conf(at) + tls);
  plain = await testBroker(inject('natsServerBin'), conf);
});
afterAll(async () => {
  await broker.close();
  await plain.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The client checks the name of the host; given a number it would look for `localhost`. */
const named = ({ url }: TestBroker): string => url.replace('127.0.0.1', 'localhost');
const secure = (one: TestBroker): string => named(one).replace('nats:', 'tls:');
const through = async (options: { url: string; ca?: string | undefined }) =>
  await connectBroker({ ...options, ...login, name: 'a test', firstMs: 3_000 });

test.each([
  ['tls://', secure],
  ['nats://', named],
])('the admin step works over TLS, with the authority named and a %s address', async (_, url) => {
  const nc = await through({ url: url(broker), ca });
  expect(nc.info?.tls_required).toBe(true);
  expect((await reconcile(nc, plan)).platformId).not.toBe('');
  await nc.close();
});

test('a server that the named authority does not vouch for is refused', async () => {
  expect(await canLogIn({ url: secure(broker), ca: otherCa, ...login, name: 'a test' })).toBe(false);
  expect(await canLogIn({ url: secure(broker), ...login, name: 'a test' })).toBe(false);
});

test('a server that speaks in the clear is refused where TLS was asked for', async () => {
  expect(await canLogIn({ url: named(plain), ...login, name: 'a test' })).toBe(true);
  expect(await canLogIn({ url: named(plain), ca, ...login, name: 'a test' })).toBe(false);
  expect(await canLogIn({ url: secure(plain), ...login, name: 'a test' })).toBe(false);
});
