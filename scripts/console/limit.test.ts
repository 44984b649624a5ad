import { expect, test } from 'vitest';
import { limitTo } from './limit.ts';

test('one more than may read whole logs at once is asked to come again, and may when another has ended', async () => {
  const heavily = limitTo(2);
  const { promise, resolve } = Promise.withResolvers<string>();
  const under = [heavily(() => promise), heavily(() => promise)];
  await expect(heavily(async () => 'third')).rejects.toMatchObject({ about: { status: 503, type: 'busy' } });
  resolve('done');
  expect(await Promise.all(under)).toEqual(['done', 'done']);
  const failing = heavily(async () => {
    throw new Error('it failed');
  });
  await expect(failing).rejects.toThrow('it failed');
  expect(await heavily(async () => 'third')).toBe('third');
});
