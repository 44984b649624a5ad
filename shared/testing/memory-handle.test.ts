import { service } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { MemoryHandle } from './memory-handle.ts';
import { sale, till } from './planted.fixture.ts';

const its = { id: 's1' };
const origin = { cause: 'request:a', correlation: 's1' };
const open = () => new MemoryHandle(service({ contract: till, deciders: [sale] }));

test('a request is decided once, however often it comes', async () => {
  const handle = open();
  expect(await handle.execute(sale.ask(its), origin)).toMatchObject({
    replayed: false,
    state: { status: 'asked' },
  });
  expect(await handle.execute(sale.ask(its), origin)).toMatchObject({ replayed: true, events: [] });
  expect(handle.commits).toHaveLength(1);
});

test('a request with nothing to add is noted', async () => {
  const handle = open();
  await handle.execute(sale.ask(its), origin);
  const again = await handle.execute(sale.ask(its), { ...origin, cause: 'request:b' });
  expect(again.events.map(({ type }) => type)).toEqual(['refrain.Noted']);
});

test('a read model hears what was there before, and what follows', async () => {
  const handle = open();
  const seen: number[] = [];
  await handle.execute(sale.ask(its), origin);
  handle.follow({
    position: () => (seen.length > 0 ? { seq: seen.at(-1) ?? 0, commitId: '' } : undefined),
    apply: (commits) => void seen.push(...commits.map(({ seq }) => seq)),
    reset: () => {},
  });
  await handle.execute(sale.recall(its), { ...origin, cause: 'request:b' });
  expect(seen).toEqual([1, 2]);
});
