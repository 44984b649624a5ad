import { connect } from 'nats';
import { expect, inject, test } from 'vitest';
import { floor, versionOf } from '../../scripts/nats-server.mjs';
import { startNats } from './nats.ts';

test('the server of the run has JetStream and is the binary that is named', async () => {
  const connection = await connect({ servers: inject('natsUrl') });
  expect(connection.info?.jetstream).toBe(true);
  expect(connection.info?.version).toBe(versionOf(inject('natsServerBin'))?.join('.'));
  await connection.close();
});

test('it is no older than the floor', () => {
  const [major = 0, minor = 0] = versionOf(inject('natsServerBin')) ?? [];
  const [floorMajor = 0, floorMinor = 0] = floor;
  expect(major * 1000 + minor).toBeGreaterThanOrEqual(floorMajor * 1000 + floorMinor);
});

test('a test may start a server of its own, which is gone when it is stopped', async () => {
  const own = await startNats();
  expect(own.url).not.toBe(inject('natsUrl'));
  await own.stop();
  expect(() => process.kill(own.pid, 0)).toThrow('ESRCH');
});
