import { policy } from '@refrain/governor';
import { type DoorOptions, openDoor, Problem, readStrictly } from '@refrain/http';
import { z } from 'zod';
import { dependencyName } from './bucket.ts';
import type { Desk, Outcome } from './desk.ts';

const ofPath = z.strictObject({ dependency: dependencyName });
const line = (what: string) => z.string().trim().min(1, `expected ${what}`).max(500);
const asker = { by: line('a name'), host: line('the name of a machine'), why: line('a reason') };
const askerBody = z.strictObject(asker);
const pinBody = z
  .strictObject({
    kind: z.enum(['suppressed', 'throttled', 'open']),
    /** Calls per second of all instances. */
    rate: z.number().positive().max(1_000_000).optional(),
    /** Seconds, at most 30 days. */
    forS: z.int().min(1).max(2_592_000).optional(),
    ...asker,
  })
  .refine(({ kind, rate }) => (kind === 'throttled') === (rate !== undefined), {
    path: ['rate'],
    message: 'expected with the kind throttled, and with no other',
  });
/** `version`: the one whose place it takes. What a policy leaves out is the default. */
const policyBody = z.strictObject({ policy, version: z.int().min(0), ...asker });
const historyQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(64).default(64) });

const known = (names: readonly string[]): string =>
  names.length === 0 ? 'Nobody has reported any yet.' : `Known are ${names.join(', ')}.`;

/**
 * The governor's door: what it says and why, and what a person wants to be said. Any governor answers, also
 * one that does not hold the lease.
 */
export function governorDoor({ desk, ...options }: DoorOptions & { desk: Desk }) {
  const door = openDoor(options);

  const unknown = async (dependency: string): Promise<Problem> =>
    new Problem({
      status: 404,
      type: 'dependency-unknown',
      title: 'No such dependency',
      detail: `No instance reports ${dependency}. ${known(await desk.dependencies())} Nothing was done.`,
    });
  const done = async <T>(outcome: Outcome<T>, dependency: string): Promise<T> => {
    if ('done' in outcome) return outcome.done;
    if (outcome.refused === 'unknown') throw await unknown(dependency);
    if (outcome.refused === 'not pinned')
      throw new Problem({
        status: 404,
        type: 'not-pinned',
        title: 'Not pinned',
        detail: `Nobody has pinned a word on ${dependency}, or it is over. Nothing was done.`,
      });
    throw new Problem({
      status: 409,
      type: 'changed-meanwhile',
      title: 'Changed meanwhile',
      detail: 'Somebody else has changed it since you looked. Nothing was done; look again, then decide.',
    });
  };

  door.get('/status', async () => await desk.status());

  door.get('/words/:dependency/history', async (request) => {
    const { dependency } = readStrictly(ofPath, request.params, 'dependency');
    const { limit } = readStrictly(historyQuery, request.query, 'query');
    const lines = await desk.history(dependency, limit);
    if (lines.length === 0 && !(await desk.dependencies()).includes(dependency))
      throw await unknown(dependency);
    return lines;
  });

  door.post('/pins/:dependency', async (request) => {
    const { dependency } = readStrictly(ofPath, request.params, 'dependency');
    const asked = readStrictly(pinBody, request.body, 'body');
    return { dependency, pin: await done(await desk.pin(dependency, asked), dependency) };
  });

  door.post('/pins/:dependency/release', async (request) => {
    const { dependency } = readStrictly(ofPath, request.params, 'dependency');
    const asked = readStrictly(askerBody, request.body, 'body');
    return { dependency, released: await done(await desk.release(dependency, asked), dependency) };
  });

  door.get('/policy', async () => await desk.policy());

  door.put('/policy', async (request) => {
    const { policy: wanted, ...asked } = readStrictly(policyBody, request.body, 'body');
    return await done(await desk.setPolicy(wanted, asked), 'policy');
  });
  return door;
}
