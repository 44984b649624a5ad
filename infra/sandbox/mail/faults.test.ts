import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failureOf, openMail, temporaryFolder } from './mail.fixture.ts';

test('slow keeps the mail at once and says so late', async () => {
  const { send, mails } = await openMail({ faults: { mode: 'slow', delayMs: 400 } });
  const begun = performance.now();
  const sent = send();
  await expect.poll(mails, { interval: 10, timeout: 390 }).toHaveLength(1);
  await sent;
  expect(performance.now() - begun).toBeGreaterThanOrEqual(399);
});

test.each([
  ['throttle', 450, 'mail throttled 450'],
  ['fail_before', 451, 'mail failed_before 451'],
])('%s refuses before the message is sent, and keeps nothing', async (mode, responseCode, call) => {
  const { send, mails, calls, setFaults } = await openMail({ faults: { mode } });
  expect(await failureOf(send())).toMatchObject({ responseCode });
  expect(await mails()).toEqual([]);
  expect(await calls()).toEqual(['connect ok 220', call]);
  await setFaults({ mode: 'none' });
  await send();
  expect(await mails()).toHaveLength(1);
});

test('fail_after keeps the mail, and the sender does not hear of it', async () => {
  const { send, mails, calls } = await openMail({ faults: { mode: 'fail_after' } });
  const failure = await failureOf(send());
  expect(failure.responseCode).toBeUndefined();
  expect(failure.code).toMatch(/ECONNECTION|ESOCKET|ECONNRESET/);
  expect(await mails()).toHaveLength(1);
  expect(await calls()).toEqual(['connect ok 220', 'data failed_after -']);
});

test('down takes the connection, records it and cuts it', async () => {
  const { send, mails, calls } = await openMail({ faults: { mode: 'down' } });
  expect((await failureOf(send())).responseCode).toBeUndefined();
  expect(await mails()).toEqual([]);
  expect(await calls()).toEqual(['connect reset -']);
});

test('gone closes the SMTP port for a while; the other one stays', async () => {
  const { send, get, mails, calls } = await openMail({ faults: { mode: 'gone', forMs: 400 } });
  await expect.poll(() => failureOf(send()).then(({ message }) => message)).toContain('ECONNREFUSED');
  expect(await get('/health/ready')).toEqual({ status: 'ready' });
  await expect.poll(() => get('/faults'), { timeout: 2_000 }).toMatchObject({ mode: 'none' });
  await send();
  expect(await mails()).toHaveLength(1);
  expect((await calls()).slice(-2)).toEqual(['connect ok 220', 'data ok 250']);
});

test('a capacity lets so many mails a second through', async () => {
  const { send, mails, calls } = await openMail({ now: () => 0, faults: { mode: 'none', capacityPerS: 2 } });
  await Promise.allSettled(Array.from({ length: 5 }, () => send()));
  expect(await mails()).toHaveLength(2);
  expect((await calls()).filter((call) => call === 'mail throttled 450')).toHaveLength(3);
});

test('chance is seeded, and what was set outlives a restart', async () => {
  const dataDir = temporaryFolder();
  const fatesOf = async (seed: number) => {
    const { send, setFaults, calls } = await openMail();
    await setFaults({ mode: 'fail_before', rate: 0.5, seed });
    for (let mail = 0; mail < 30; mail += 1) await send().catch(() => undefined);
    return calls();
  };
  expect(await fatesOf(3)).toEqual(await fatesOf(3));
  expect(await fatesOf(3)).not.toEqual(await fatesOf(4));

  const first = await openMail({ dataDir, faults: { mode: 'slow', delayMs: 7 } });
  await first.close();
  const { get } = await openMail({ dataDir });
  expect(await get('/faults')).toMatchObject({ mode: 'slow', delayMs: 7 });
});

test('faults that are not understood are refused and change nothing', async () => {
  const { setFaults, get } = await openMail({ faults: { mode: 'slow' } });
  for (const faults of [{ mode: 'sticky_500' }, { mode: 'slow', retryAfterS: 1 }, {}]) {
    expect(await (await setFaults(faults)).json()).toMatchObject({
      type: 'urn:refrain:problem:faults-invalid',
    });
  }
  expect(await get('/faults')).toMatchObject({ mode: 'slow' });
});

test('a sender that leaves in the middle of its message has sent none', async () => {
  const { smtpUrl, mails, calls } = await openMail();
  const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1');
  socket.write('EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: half a ma');
  await expect.poll(calls).toHaveLength(1);
  await sleep(100);
  socket.resetAndDestroy();
  await sleep(100);
  expect(await mails()).toEqual([]);
});
