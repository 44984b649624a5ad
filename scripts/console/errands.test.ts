import { errand } from '@refrain/console/api';
import { expect, test, vi } from 'vitest';
import { Errands } from './errands.ts';

test('one of a kind at a time; its end is told with what came of it', async () => {
  const errands = new Errands(() => 0);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { id } = errands.start({
    kind: 'audit',
    about: 'the whole shop',
    work: async (report) => {
      report('half of it', 0.5);
      return await promise;
    },
  });
  expect(errands.get(id)).toMatchObject({ state: 'running', progress: 'half of it', share: 0.5 });
  const again = () => errands.start({ kind: 'audit', about: 'again', work: async () => 1 });
  expect(again).toThrow('One of its kind runs already (audit: the whole shop)');
  expect(() => errands.start({ kind: 'doctor', about: 'all', work: async () => 1 })).not.toThrow();
  resolve({ found: 0 });
  await vi.waitFor(() => expect(errands.get(id)?.state).toBe('done'));
  expect(errands.get(id)).toMatchObject({ result: { found: 0 }, endedAt: '1970-01-01T00:00:00.000Z' });
  expect(errand.parse(errands.get(id))).toEqual(errands.get(id));
  expect(errands.list().map(({ kind, result }) => [kind, result])).toEqual([
    ['doctor', undefined],
    ['audit', undefined],
  ]);
  expect(again).not.toThrow();
});

test('one that fails says why, one that was stopped that it was', async () => {
  const errands = new Errands();
  const failing = errands.start({
    kind: 'replay',
    about: 'payments',
    work: async () => {
      throw new Error('the log is away');
    },
  });
  await vi.waitFor(() =>
    expect(errands.get(failing.id)).toMatchObject({ state: 'failed', problem: 'the log is away' }),
  );
  const long = errands.start({
    kind: 'load',
    about: 'orders',
    work: async (_, signal) => await new Promise((_done, fail) => signal.addEventListener('abort', fail)),
  });
  errands.stop(long.id);
  await vi.waitFor(() => expect(errands.get(long.id)?.state).toBe('stopped'));
  expect(errands.stop('nobody')).toBeUndefined();
});

test('the last twenty are kept, and none that runs is forgotten', async () => {
  const errands = new Errands();
  const never = errands.start({
    kind: 'audit',
    about: 'long',
    work: async () => await new Promise(() => {}),
  });
  for (let i = 0; i < 30; i++) {
    const { id } = errands.start({ kind: 'doctor', about: String(i), work: async () => i });
    await vi.waitFor(() => expect(errands.get(id)?.state).toBe('done'), { interval: 1 });
  }
  expect(errands.list().length).toBeLessThanOrEqual(21);
  expect(errands.get(never.id)?.state).toBe('running');
});
