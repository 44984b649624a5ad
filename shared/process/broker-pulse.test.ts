import { expect, onTestFinished, test } from 'vitest';
import { brokerPulse } from './broker-pulse.ts';

function open(ping: () => Promise<void>) {
  const pulse = brokerPulse({ ping, everyMs: 5, silentMs: 100 });
  onTestFinished(pulse.stop);
  return pulse;
}

test('a broker that answers is there, one that is silent is not, one that answers again is', async () => {
  let frozen = Promise.withResolvers<void>();
  let pings = 0;
  const { answers } = open(() => (++pings < 3 ? Promise.resolve() : frozen.promise));
  expect(answers()).toBe(true);
  await expect.poll(answers, { interval: 10 }).toBe(false);
  expect(pings).toBe(3); // it is not asked again while a ping is on its way
  frozen.resolve();
  await expect.poll(answers, { interval: 10 }).toBe(true);
  frozen = Promise.withResolvers();
});

test('a connection that was lost is no answer', async () => {
  const { answers } = open(() => Promise.reject(new Error('disconnected')));
  await expect.poll(answers, { interval: 10 }).toBe(false);
});
