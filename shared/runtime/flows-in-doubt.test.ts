import { defineContract, event, transient, unsafe } from '@refrain/contract-kit';
import type { Commit, RecordedEvent } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { FlowsInDoubt } from './flows-in-doubt.ts';

const id = z.string();
const { $contract } = defineContract({
  service: 'w',
  entities: {
    thing: { id: 'id', events: { Asked: event(1, { id }), Sent: event(1, { id }), Lost: event(1, { id }) } },
  },
  waits: ['Lost'],
  effects: {
    send: {
      after: 'Asked',
      dependency: 'post',
      steps: ['send'],
      timeoutMs: 1,
      repeat: unsafe(),
      retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
      failures: { unknown: transient({ happened: 'unknown', givingUp: 'Lost' }) },
    },
  },
});

const SINCE = 1_000;
const stored = (service: string, flow: string, at: number, told: Partial<RecordedEvent>): Commit => ({
  entity: { service, entityType: 'thing', entityId: flow },
  seq: 1,
  id: 'c',
  at,
  types: [],
  bytes: 0,
  body: () => ({
    events: [
      { id: 'e', type: 'Asked', version: 1, cause: 'x', reaction: 'r', correlation: flow, data: {}, ...told },
    ],
  }),
});
const asked = (flow: string, at: number) => stored('w', flow, at, { operation: `op-${flow}` });
const sent = (flow: string, at: number) =>
  stored('w', flow, at, { type: 'Sent', cause: `outcome:op-${flow}:1:ok` });
const heard = (flow: string, at: number) => stored('other', flow, at, { type: 'Placed' });

function flowsOf(...commits: Commit[]): string[] {
  const flows = new FlowsInDoubt($contract, SINCE);
  for (const commit of commits) flows.add(commit);
  return flows.list();
}

test('a flow that is only heard of may have been served, and the log have lost it', () => {
  expect(flowsOf(heard('f', 1))).toEqual(['f']);
});

test('one whose operation is open is in doubt, one that was served and is quiet since then is not', () => {
  expect(flowsOf(heard('f', 1), asked('f', 2))).toEqual(['f']);
  expect(flowsOf(heard('f', 1), asked('f', 2), sent('f', 3))).toEqual([]);
});

test('one that was served, and of which something was stored since the tail may be missing, is in doubt', () => {
  expect(flowsOf(asked('f', 2), sent('f', 3), heard('f', SINCE))).toEqual(['f']);
  expect(flowsOf(asked('f', 2), sent('f', SINCE))).toEqual(['f']);
});

test('what cannot be read is in doubt under the name of its entity', () => {
  const unreadable: Commit = {
    ...asked('f', 2),
    body: () => {
      throw new Error('no commit');
    },
  };
  expect(flowsOf(unreadable)).toEqual(['f']);
});
