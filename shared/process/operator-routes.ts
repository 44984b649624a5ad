import { readStrictly } from '@refrain/http';
import type { Desk, ReadModels } from '@refrain/runtime';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected an id');
const line = (what: string) => z.string().trim().min(1, `expected ${what}`).max(500);
/** Who asks, from which machine, and why. As claimed: nobody checks a name. It stays in the log. */
const said = { by: line('a name'), host: line('the name of a machine'), why: line('a reason') };
const attempt = z.int().min(0);

const ofPath = z.strictObject({ id: name });
const page = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  after: z.string().max(100).optional(),
  flow: name.optional(),
};
const operationsQuery = z.strictObject({
  ...page,
  state: z.enum(['open', 'parked', 'waiting', 'defect']).optional(),
});
const lettersQuery = z.strictObject({ ...page, group: name.optional() });
const wordBody = z.strictObject({ ...said, attempt: attempt.optional() });
/** The attempt is required: a word about one attempt must never be taken for the next. */
const verdictBody = z.strictObject({ ...said, happened: z.boolean(), attempt });
const resolveBody = z.strictObject(said);
const selectors = ['ids', 'group', 'flow', 'all'] as const;
const redriveBody = z
  .strictObject({
    ...said,
    ids: z.array(name).min(1).max(200).optional(),
    group: name.optional(),
    flow: name.optional(),
    all: z.literal(true).optional(),
    dryRun: z.boolean().optional(),
    upTo: z.int().min(0).optional(),
    behind: z.int().min(0).optional(),
  })
  .refine(
    (body) => selectors.filter((key) => body[key] !== undefined).length === 1,
    'expected one of ids, group, flow and all',
  );
const nothing = z.strictObject({}).nullish();

/**
 * What operators see and say, under `/operator/…` of every service's door. An unknown id is a 404, what would
 * be wrong a 409 that says what to do instead; said twice, it is answered with `changed: false`.
 */
export function operatorRoutes(
  door: Pick<FastifyInstance, 'get' | 'post'>,
  desk: Desk,
  readModels: Pick<ReadModels, 'list' | 'rebuild'>,
): void {
  const idOf = ({ params }: { params: unknown }): string => readStrictly(ofPath, params, 'id').id;

  door.get(
    '/operator/operations',
    async (request) => await desk.operations(readStrictly(operationsQuery, request.query, 'query')),
  );
  door.get('/operator/operations/:id', async (request) => await desk.operation(idOf(request)));
  door.post(
    '/operator/operations/:id/retry',
    async (request) => await desk.retryNow(idOf(request), readStrictly(wordBody, request.body, 'body')),
  );
  door.post(
    '/operator/operations/:id/cancel',
    async (request) => await desk.cancel(idOf(request), readStrictly(wordBody, request.body, 'body')),
  );
  door.post(
    '/operator/operations/:id/verdict',
    async (request) => await desk.verdict(idOf(request), readStrictly(verdictBody, request.body, 'body')),
  );

  door.get(
    '/operator/dead-letters',
    async (request) => await desk.deadLetters(readStrictly(lettersQuery, request.query, 'query')),
  );
  door.get('/operator/dead-letter-groups', async () => ({
    items: (await desk.deadLetterGroups()).map(({ oldestAt, newestAt, ...group }) => ({
      ...group,
      oldest: new Date(oldestAt).toISOString(),
      newest: new Date(newestAt).toISOString(),
    })),
  }));
  door.get('/operator/dead-letters/:id', async (request) => await desk.deadLetter(idOf(request)));
  door.post(
    '/operator/dead-letters/redrive',
    async (request) => await desk.redrive(readStrictly(redriveBody, request.body, 'body')),
  );
  door.post(
    '/operator/dead-letters/:id/resolve',
    async (request) => await desk.resolve(idOf(request), readStrictly(resolveBody, request.body, 'body')),
  );

  door.get('/operator/newer-events', async () => ({
    items: desk.newerEvents().map(({ lastSeenAt, ...event }) => ({
      ...event,
      lastSeen: new Date(lastSeenAt).toISOString(),
    })),
  }));
  // Of this process alone: each instance has read models of its own.
  door.get('/operator/read-models', async () => ({ items: await readModels.list() }));
  door.post('/operator/read-models/rebuild', async (request, reply) => {
    readStrictly(nothing, request.body, 'body');
    return reply.code(202).send({ items: await readModels.rebuild() });
  });
  door.post('/operator/sweep', async (request) => {
    readStrictly(nothing, request.body, 'body');
    return await desk.sweepNow();
  });
}
