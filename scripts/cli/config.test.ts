import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { deadlineSeconds } from '@refrain/service-orders/deadline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Config, readConfig } from './config.ts';
import { readEnvFile } from './config-sources.ts';
import { masked, schemas } from './config-values.ts';
import { root } from './paths.ts';

let folder: string;
let envFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrain-config-'));
  envFile = join(folder, '.env');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (env: NodeJS.ProcessEnv, flags = {}): Config => readConfig({ env, flags, envFile });
const entry = ({ entries }: Config, name: string) => entries.find((candidate) => candidate.name === name);

test('has a default for all that needs a value', () => {
  expect(read({})).toMatchObject({
    natsUrl: undefined,
    dataFolder: join(root, '.refrain'),
    logLevel: 'info',
    logSample: 1,
    orderDeadlineS: 900,
    portBase: 4000,
    otel: {},
  });
});

test('flags go before environment before .env before defaults, and an empty value is none', () => {
  writeFileSync(envFile, 'LOG_LEVEL=warn\nORDER_DEADLINE_S=5\nOTEL_SERVICE_NAME=a\n');
  const config = read(
    { ORDER_DEADLINE_S: '6', LOG_LEVEL: '', OTEL_TRACES_EXPORTER: 'none' },
    { portBase: 5000 },
  );
  expect(config).toMatchObject({ logLevel: 'warn', orderDeadlineS: 6, portBase: 5000 });
  expect(config.otel).toEqual({ OTEL_SERVICE_NAME: 'a', OTEL_TRACES_EXPORTER: 'none' });
  const sources = ['LOG_LEVEL', 'ORDER_DEADLINE_S', '--port-base', 'REFRAIN_DATA'].map(
    (name) => entry(config, name)?.source,
  );
  expect(sources).toEqual(['.env', 'environment', 'flag', 'default']);
});

test('tells all wrong values at once', () => {
  writeFileSync(envFile, 'what is this\nNATS_URL=http://x\n');
  const wrong = {
    LOG_LEVEL: 'loud',
    LOG_SAMPLE: '1.5',
    ORDER_DEADLINE_S: '1.5',
    NATS_SERVER_BIN: join(folder, 'none'),
    NATS_USERS: folder,
    REFRAIN_DATA: '/',
    STRIPE_API_KEY: 'sk_live_abcdefghijklmnopqrst',
    SMTP_URL: 'http://mail',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector',
    OTEL_TRACES_SAMPLER: 'some',
    OTEL_TRACES_SAMPLER_ARG: '10',
    CONSOLE_HOST: 'a:1',
    CONSOLE_READ_ONLY: 'perhaps',
    CONSOLE_TOKEN: 'abcdefgh short',
    TRACE_URL_TEMPLATE: 'http://traces/',
  };
  expect(() => read(wrong, { realProviders: true })).toThrow(
    /^RF_CONFIG: .*\.env line 1 is not KEY=VALUE.*Nothing was started/,
  );
  for (const name of [...Object.keys(wrong), 'NATS_URL (.env)'])
    expect(() => read(wrong, { realProviders: true })).toThrow(name);
  expect(() => read(wrong, { realProviders: true })).not.toThrow('abcdefgh');
});

test.each(['1', '86400'])('a deadline of %s s is taken by `up` and by orders', (given) => {
  expect(read({ ORDER_DEADLINE_S: given }).orderDeadlineS).toBe(Number(given));
  expect(deadlineSeconds.parse(given)).toBe(Number(given));
});

test.each(['0', '86401', '900.5', '1e3'])('a deadline of %s s is refused by `up` and by orders', (given) => {
  expect(() => read({ ORDER_DEADLINE_S: given })).toThrow('expected a whole number from 1 to 86400');
  expect(() => deadlineSeconds.parse(given)).toThrow('expected a whole number from 1 to 86400');
});

test('a key of the shell is not even looked at without --real-providers', () => {
  const config = read({ STRIPE_API_KEY: 'sk_live_abcdefghijklmnopqrst', SMTP_URL: 'whatever' });
  expect(config).toMatchObject({ stripeApiKey: undefined, smtpUrl: undefined });
  expect(entry(config, 'STRIPE_API_KEY')).toEqual({
    name: 'STRIPE_API_KEY',
    value: 'sk_live_…qrst',
    source: 'environment',
    note: 'not read without --real-providers',
  });
});

test.each(['sk_live_', 'rk_live_'])(
  'a live key (%s…) is refused as a provider’s, and in .env at all',
  (kind) => {
    expect(() => read({ STRIPE_API_KEY: `${kind}1` }, { realProviders: true })).toThrow(
      'live keys are refused',
    );
    writeFileSync(envFile, `STRIPE_API_KEY=${kind}1\n`);
    expect(() => read({})).toThrow('live keys are refused');
  },
);

test('real providers need at least one', () => {
  expect(() => read({}, { realProviders: true })).toThrow(
    '--real-providers needs STRIPE_API_KEY or SMTP_URL',
  );
  expect(read({ STRIPE_API_KEY: 'sk_test_1' }, { realProviders: true }).stripeApiKey).toBe('sk_test_1');
});

test('a file of users belongs to a broker of others', () => {
  const usersFile = join(folder, 'users.json');
  writeFileSync(usersFile, '{}');
  expect(() => read({ NATS_USERS: usersFile })).toThrow('NATS_USERS is for a broker named by NATS_URL');
  expect(read({ NATS_USERS: usersFile, NATS_URL: 'nats://a:4222,nats://b:4222' }).natsUsers).toBe(usersFile);
});

test('the console is shown to others with a token only', () => {
  expect(() => read({ CONSOLE_HOST: '0.0.0.0' })).toThrow(
    'CONSOLE_HOST (environment) is "0.0.0.0", which others reach: it needs CONSOLE_TOKEN',
  );
  const token = 'a-token-of-24-characters';
  expect(read({ CONSOLE_HOST: '0.0.0.0', CONSOLE_TOKEN: token }).console).toEqual({
    CONSOLE_HOST: '0.0.0.0',
    CONSOLE_TOKEN: token,
  });
  expect(read({ CONSOLE_READ_ONLY: '1' }).console).toEqual({
    CONSOLE_HOST: '127.0.0.1',
    CONSOLE_READ_ONLY: 'true',
  });
});

test('the authorities of a broker belong to a broker of others, and are found from every folder', () => {
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, '');
  expect(() => read({ NATS_CA: ca })).toThrow('NATS_CA is for a broker named by NATS_URL');
  const { natsCa } = read({ NATS_CA: relative(process.cwd(), ca), NATS_URL: 'tls://a:4222' });
  expect(natsCa).toBe(ca);
});

test('a folder below what is no folder is refused', () => {
  expect(() => read({ REFRAIN_DATA: '/dev/null/x/y' })).toThrow('RF_CONFIG');
});

test('every value is listed, also one that only a flag sets', () => {
  const names = read({}).entries.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(schemas), '--real-providers']));
});

test('a relative folder lies where it was named', () => {
  expect(read({ REFRAIN_DATA: 'x/y' }).dataFolder).toBe(resolve('x/y'));
  writeFileSync(envFile, 'REFRAIN_DATA=x/y\n');
  expect(read({}).dataFolder).toBe(join(root, 'x/y'));
});

test('reads an .env file', () => {
  const content =
    '# comment\n\nA=1\nexport B = two words \nC="quoted # not comment"\nD=\'single\'\nE=a=b\nF=\n\r\n9=x\n';
  expect(readEnvFile(content)).toEqual({
    values: { A: '1', B: 'two words', C: 'quoted # not comment', D: 'single', E: 'a=b', F: '' },
    problems: ['.env line 10 is not KEY=VALUE'],
  });
});

test.each([
  ['STRIPE_API_KEY', 'sk_test_51Habcdefghijkl4242', 'sk_test_…4242'],
  ['STRIPE_API_KEY', 'sk_test_short', 'sk_test_…'],
  ['STRIPE_API_KEY', 'whatever', '…'],
  ['NATS_URL', 'nats://me:secret@a:1,tls://b:2', 'nats://me:…@a:1,tls://b:2'],
  ['SMTP_URL', 'smtps://me:secret@mail', 'smtps://me:…@mail'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer x', '…'],
  ['CONSOLE_TOKEN', 'a-token-of-24-characters', '…'],
  ['LOG_LEVEL', 'info', 'info'],
])('shows %s=%s as %s', (name, value, shown) => {
  expect(masked(name, value)).toBe(shown);
});
