import { RefrainError } from '@refrain/errors';
import { openDoor } from '@refrain/http';
import type { Desk } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { operatorRoutes } from './operator-routes.ts';

const said = { by: 'ada', host: 'here', why: 'a test' };
const heard: unknown[] = [];
/** A desk that writes down what it is asked. */
const desk = {
  operations: async (asked: unknown) => (heard.push(asked), { items: [] }),
  verdict: async (...asked: unknown[]) => (heard.push(asked), { changed: true }),
  cancel: async () => {
    throw new RefrainError('RF_DESK_REFUSED', {
      what: 'it',
      asked: 'that',
      problem: 'so',
      instead: 'Do this.',
    });
  },
  deadLetter: async (id: string) => {
    throw new RefrainError('RF_DESK_UNKNOWN', { service: 'shop', what: 'dead letter', id });
  },
  redrive: async (asked: unknown) => (heard.push(asked), {}),
} as unknown as Desk;

const door = openDoor({ isReady: () => true });
const readModels = {
  list: async () => [],
  rebuild: async () => (heard.push('rebuild'), []),
};
operatorRoutes(door, desk, readModels);

const ask = async (method: 'GET' | 'POST', url: string, payload?: object) => {
  heard.length = 0;
  const answer = await door.inject({
    method,
    url: `/operator/${url}`,
    headers: { host: 'localhost' },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.json<object>() };
};

test('a list has 100 items if nobody says otherwise, and never more than 1000', async () => {
  expect((await ask('GET', 'operations')).status).toBe(200);
  expect(heard).toEqual([{ limit: 100 }]);
  expect((await ask('GET', 'operations?limit=1000&state=parked')).status).toBe(200);
  for (const query of ['limit=1001', 'limit=0', 'state=lost', 'other=1'])
    expect((await ask('GET', `operations?${query}`)).status).toBe(400);
});

test('a word has a name, a machine and a reason; a verdict has its attempt', async () => {
  const verdict = { ...said, happened: true, attempt: 2 };
  expect((await ask('POST', 'operations/op/verdict', verdict)).status).toBe(200);
  expect(heard).toEqual([['op', verdict]]);
  const { attempt: _, ...without } = verdict;
  for (const wrong of [without, { ...verdict, why: ' ' }, { ...verdict, more: 1 }, {}])
    expect((await ask('POST', 'operations/op/verdict', wrong)).status).toBe(400);
});

test('a redrive says which, in one way', async () => {
  expect((await ask('POST', 'dead-letters/redrive', { ...said, all: true })).status).toBe(200);
  for (const which of [{}, { all: true, group: 'g' }, { ids: [] }, { ids: ['not an id'] }])
    expect((await ask('POST', 'dead-letters/redrive', { ...said, ...which })).status).toBe(400);
});

test('what is not known is a 404, what would be wrong a 409 with what to do instead', async () => {
  expect(await ask('GET', 'dead-letters/nobody')).toMatchObject({
    status: 404,
    type: 'application/problem+json',
    body: { type: 'urn:refrain:problem:unknown' },
  });
  const refused = await ask('POST', 'operations/op/cancel', said);
  expect(refused).toMatchObject({ status: 409, body: { type: 'urn:refrain:problem:refused' } });
  expect(refused.body).toMatchObject({ detail: expect.stringContaining('Do this.') });
});

test('another host than this machine is refused', async () => {
  const answer = await door.inject({ url: '/operator/operations', headers: { host: 'evil.example' } });
  expect(answer.statusCode).toBe(421);
});
