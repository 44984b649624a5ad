import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { refrain } from '../../scripts/cli/refrain.fixture.ts';
import { foundServices } from '../../scripts/cli/supervisor/found-services.ts';
import { portOffsets } from '../../scripts/cli/supervisor/ports.ts';
import { schemas } from '../../scripts/cli/config-values.ts';
import { root } from '../tidy/tree.ts';

const infra = join(root, 'infra');
const read = (name: string): unknown => parse(readFileSync(join(infra, name), 'utf8'), { merge: true });

/** Of the compose specification, what ours uses; anything else is a slip. */
const compose = z.strictObject({
  'x-node': z.unknown(),
  services: z.record(
    z.string().regex(/^[a-z0-9-]+$/),
    z.strictObject({
      image: z
        .string()
        .regex(/^[\w./-]+:v?\d+\.\d+\.\d+$/)
        .optional(),
      build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
      command: z.array(z.string()),
      environment: z.record(z.string(), z.string()).optional(),
      volumes: z.array(z.string().regex(/^[\w./-]+:\/[\w./-]+(?::ro)?$/)).optional(),
      depends_on: z.array(z.string()).optional(),
      network_mode: z
        .string()
        .regex(/^service:/)
        .optional(),
      restart: z.literal('unless-stopped'),
      stop_grace_period: z
        .string()
        .regex(/^\d+s$/)
        .optional(),
    }),
  ),
  volumes: z.record(z.string(), z.strictObject({})),
});

const { services, volumes } = compose.parse(read('compose.yaml'));
const nodes = ['nats-1', 'nats-2', 'nats-3'];

test('every name that the compose file says is one that it has', () => {
  const names = Object.keys(services);
  for (const {
    depends_on: needed = [],
    network_mode: network = `service:${names[0]}`,
    volumes: mounts = [],
    ...one
  } of Object.values(services)) {
    expect(names).toEqual(expect.arrayContaining([...needed, network.slice('service:'.length)]));
    expect(one.image === undefined).not.toBe(one.build === undefined);
    const kept = mounts.map((mount) => mount.split(':')[0] ?? '').filter((from) => !from.startsWith('.'));
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(kept));
  }
});

test('the shop is told of all three nodes, by variables that it reads', () => {
  const environment = services['shop']?.environment ?? {};
  for (const name of Object.keys(environment)) expect(Object.keys(schemas)).toContain(name);
  expect(environment['NATS_URL']).toBe(nodes.map((name) => `tls://${name}:4222`).join(','));
  expect(services['shop']?.command).toEqual(['up', '--nodes', '3']);
  for (const name of nodes) expect(services[name]?.environment).toEqual({ NATS_NAME: name });
});

test('Prometheus has the alerts, and asks every service that has a port, and the governor', () => {
  const { command = [], volumes: mounts = [] } = services['prometheus'] ?? {};
  expect(mounts).toContain('./prometheus:/etc/prometheus:ro');
  expect(command).toContain('--config.file=/etc/prometheus/prometheus.yml');
  const { rule_files: rules, scrape_configs: scrapes } = z
    .object({
      rule_files: z.array(z.string()),
      scrape_configs: z.array(
        z.object({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
      ),
    })
    .parse(read('prometheus/prometheus.yml'));
  for (const file of rules) expect(existsSync(join(infra, 'prometheus', file))).toBe(true);
  const offsets = [...foundServices.flatMap(({ port }) => port ?? []), portOffsets.governor];
  const wanted = offsets.map((offset) => `127.0.0.1:${4_000 + offset}`).sort();
  expect(scrapes.flatMap((one) => one.static_configs.flatMap(({ targets }) => targets)).sort()).toEqual(
    wanted,
  );
});

test('nats-server takes the configuration, with the users that broker-users writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(infra, 'nats', 'nats.conf'), join(folder, 'nats.conf'));
  const secrets = join(folder, 'secrets');
  const write = async () =>
    await refrain(['broker-users', secrets, '--json'], { REFRAIN_DATA: join(folder, 'none') });
  expect((await write()).code).toBe(0);
  const users = readFileSync(join(secrets, 'users.json'), 'utf8');
  expect((await write()).code).toBe(0); // passwords that are there stay
  expect(readFileSync(join(secrets, 'users.json'), 'utf8')).toBe(users);
  expect(Object.keys(JSON.parse(users) as object)).toEqual(
    expect.arrayContaining(['admin', 'audit', 'governor', 'orders']),
  );
  const at = (name: string): string => join(secrets, name);
  execFileSync(
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
      '-subj',
      '/CN=nats-1',
      '-keyout',
      at('key.pem'),
      '-out',
      at('cert.pem'),
    ],
    { stdio: 'pipe' },
  );
  cpSync(at('cert.pem'), at('ca.pem'));
  const args = ['--config', 'nats.conf', '-t'];
  // It tests its configuration and ends; what it does not know is an error.
  execFileSync(inject('natsServerBin'), args, {
    cwd: folder,
    env: { ...process.env, NATS_NAME: 'nats-1' },
    stdio: 'pipe',
  });
});

test('what is no folder is refused, and a file of users that is none is left as it is', async () => {
  const refused = await refrain(['broker-users', join(root, 'package.json')]);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('cannot be a folder') });
});
