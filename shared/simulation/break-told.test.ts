import { defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { service, silentLog, told } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { World } from './world.ts';

const shelf = defineContract({
  service: 'shelf',
  entities: { crate: { id: 'id', events: { CrateTaken: event(1, { id: z.string(), pieces: z.int() }) } } },
  outsiders: { gate: { tells: { Arrived: event(1, { pieces: z.int() }) }, hears: [] } },
});
const crate = defineDecider(shelf, 'crate', { taken: 0 })({
  evolve: { CrateTaken: (state, { pieces }) => void (state.taken += pieces) },
  decide: { take: (_, taken: { id: string; pieces: number }) => [shelf.CrateTaken(taken)] },
});
const define = () =>
  service({
    contract: shelf,
    deciders: [crate],
    told: [told(shelf.$tells.Arrived, 'take it', ({ id, data }) => crate.take({ id, ...data }))],
  });
const arrived = (source: string, id: string, data: unknown): string =>
  JSON.stringify({ specversion: '1.0', source, id, type: 'Arrived', data });

/** What is said of it, and what was recorded after some seconds. */
async function after(texts: readonly string[], ms = 20_000): Promise<{ types: string[]; warned: string[] }> {
  const warned: string[] = [];
  const warn = (fields: object): void => void warned.push(JSON.stringify(fields).slice(0, 160));
  const world = new World({ seed: 1, logger: { ...silentLog, warn } });
  world.declare([define()]);
  world.start('shelf-1', define);
  for (const text of texts) world.broker.tell('shelf', 'gate', text);
  await world.clock.runUntil(() => world.broker.isQuiet(), ms);
  return { types: world.broker.commitsOf('shelf').flatMap(({ types }) => types), warned };
}

test('a source and an id with colons are another message than the same text cut elsewhere', async () => {
  const { types } = await after([
    arrived('urn:depot', '7:1', { pieces: 1 }),
    arrived('urn:depot:7', '1', { pieces: 2 }),
  ]);
  expect(types).toEqual(['CrateTaken.1', 'CrateTaken.1']);
});

test('what is nested deeper than a stack is a dead letter', async () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  const text = arrived('/gate', 'n', 'DEEP').replace('"DEEP"', deep);
  expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
  const { types, warned } = await after([text]);
  expect({ types, warned: warned.slice(0, 3), times: warned.length }).toMatchObject({
    types: ['refrain.Defect.1'],
  });
});
