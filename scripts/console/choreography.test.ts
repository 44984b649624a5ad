import { choreographyMap } from '@refrain/console/api';
import { expect, test } from 'vitest';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { graphOf } from '../graph/graph.ts';
import { choreographyOf } from './choreography.ts';

const graph = graphOf(shopDefinitions());

test('everything that the graph prints is on the map: one arrow for all between two of them', () => {
  const { nodes, edges } = choreographyOf(graph, []);
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  expect(new Set(edges.map(({ from, to }) => `${from} ${to}`)).size).toBe(edges.length);
  const carried = edges.reduce((sum, { carries }) => sum + carries.length, 0);
  const told = graph.outsiders.reduce((sum, { tells, hears }) => sum + tells.length + hears.length, 0);
  expect(carried).toBe(graph.heard.length + graph.called.length + told);
  expect(edges.find(({ id }) => id === 'payments>psp')?.carries).toContainEqual({
    name: 'refund',
    counted: 'payments.RefundRequested',
    how: 'keyed',
    undoes: 'ChargeCaptured',
  });
  const ends = new Set(nodes.map(({ id }) => id));
  expect(edges.filter(({ from, to }) => !ends.has(from) || !ends.has(to))).toEqual([]);
  const rest = { at: '', services: [], words: [], missing: [] };
  expect(choreographyMap.parse({ nodes, edges, ...rest })).toEqual({ nodes, edges, ...rest });
});

test('a guest hears what its durables are on', () => {
  const durable = {
    durable: 'invoices-orders',
    entityTypes: [],
    from: 'now',
    maxAckPending: 1,
    ackWaitMs: 1,
  };
  const guest = { service: 'invoices', durables: [{ ...durable, stream: 'orders' }], schedules: false };
  const { nodes, edges } = choreographyOf(graph, [guest as never]);
  expect(nodes.at(-1)).toEqual({ id: 'invoices', kind: 'guest', entities: [] });
  expect(edges.at(-1)).toEqual({
    id: 'orders>invoices',
    from: 'orders',
    to: 'invoices',
    kind: 'heard',
    carries: [],
  });
});
