import {
  faultRequest,
  loadRequest,
  name,
  nothing,
  pageQuery,
  pinRequest,
  redriveRequest,
  replayRequest,
  retriesQuery,
  retryWord,
  said,
  type Errand,
  verdictWord,
} from '@refrain/console/api';
import { readStrictly } from '@refrain/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { GovernorAnswer } from '../cli/governor/governor-client.ts';
import { isSpeaking } from '../cli/governor/lines.ts';
import { redriveAll, type Selection } from '../cli/operator/redriving.ts';
import { operationAt, sayOf, sayResolved, sayVerdict } from '../cli/operator/words.ts';
import { readReplay } from '../cli/replay/replay-service.ts';
import { inWorker } from './in-worker.ts';
import { letterGroups, lettersOf, openWork, verdictsNeeded } from './open-work.ts';
import { type ConsoleParts, idOf, saidBy } from './parts.ts';
import { doneOf, refused, unknown } from './problems.ts';
import type { ReadingWork } from './reading-work.ts';
import { needSandboxes, readFaultsOf, runLoad, sandboxesOf, setFaults } from './sandboxes.ts';

/** A route that changes something: a console that only reads refuses it. */
const changing = { config: { changes: true } };
const ofGroup = z.strictObject({ service: name, group: name });

/** What a person says and does. Each is what a command of the same name does, through the same functions. */
export function actingRoutes(door: FastifyInstance, parts: ConsoleParts): void {
  operationRoutes(door, parts);
  letterRoutes(door, parts);
  governorRoutes(door, parts);
  sandboxRoutes(door, parts);
  errandRoutes(door, parts);
}

function operationRoutes(door: FastifyInstance, { shop }: ConsoleParts): void {
  door.get('/api/retries', async (request) =>
    openWork(shop.desks(), readStrictly(retriesQuery, request.query, 'query')),
  );
  door.get('/api/verdicts', async (request) =>
    verdictsNeeded(shop.desks(), readStrictly(pageQuery, request.query, 'query')),
  );
  for (const [path, action] of [
    ['now', 'retry'],
    ['cancel', 'cancel'],
  ] as const) {
    door.post(`/api/retries/:id/${path}`, changing, async (request) => {
      const { attempt, ...why } = readStrictly(retryWord, request.body, 'body');
      const [id, desks] = [idOf(request), shop.desks()];
      const what = `No service knows the operation ${id}`;
      const { service, attempts } = doneOf(await operationAt(desks, id), what, desks.missing);
      const word = { ...saidBy(why), attempt: attempt ?? attempts };
      return doneOf(await sayOf(desks, { service, id }, action, word), what, desks.missing);
    });
  }
  door.post('/api/verdicts/:id', changing, async (request) => {
    const { happened, attempt, ...why } = readStrictly(verdictWord, request.body, 'body');
    const [id, desks] = [idOf(request), shop.desks()];
    const what = `No service knows the operation ${id}`;
    const { service } = doneOf(await operationAt(desks, id), what, desks.missing);
    const word = { ...saidBy(why), happened, attempt };
    return doneOf(await sayVerdict(desks, { service, id }, word), what, desks.missing);
  });
}

function letterRoutes(door: FastifyInstance, { shop, errands }: ConsoleParts): void {
  door.get('/api/dead-letters', async () => letterGroups(shop.desks()));
  door.get('/api/dead-letters/:service/:group', async (request) => {
    const of = readStrictly(ofGroup, request.params, 'group');
    const desks = shop.desks();
    if (!desks.services.includes(of.service)) throw unknown(`No service ${of.service} is ready here`);
    return await lettersOf(desks, { ...of, ...readStrictly(pageQuery, request.query, 'query') });
  });
  const redrive = (kind: 'dry run' | 'redrive', body: unknown): Errand => {
    const { why, by, ...chosen } = readStrictly(redriveRequest, body, 'body');
    const dryRun = kind === 'dry run';
    if (why === undefined && !dryRun) throw refused('A redrive needs a reason: why. Nothing was done.');
    const asked = { ...saidBy({ by, why: why ?? 'a dry run' }), ...(dryRun && { dryRun }) };
    const desks = shop.desks();
    return errands.start({
      kind,
      about: aboutOf(chosen),
      work: async (report, signal) => ({
        ...(await redriveAll(desks, asked, chosen as Selection, (progress) => {
          signal.throwIfAborted(); // between two pages: what was driven again stays so
          report(progress);
        })),
        missing: desks.missing,
      }),
    });
  };
  door.post('/api/dead-letters/dry-run', async ({ body }, reply) =>
    reply.code(202).send(redrive('dry run', body)),
  );
  door.post('/api/dead-letters/redrive', changing, async ({ body }, reply) =>
    reply.code(202).send(redrive('redrive', body)),
  );
  door.post('/api/dead-letters/:id/resolve', changing, async (request) => {
    const id = idOf(request);
    const word = saidBy(readStrictly(said, request.body, 'body'));
    const desks = shop.desks();
    const what = `No service knows the dead letter ${id}`;
    return doneOf(await sayResolved(desks, id, word), what, desks.missing);
  });
}

/** What is driven again, in a few words: `group 3f2a`. */
const aboutOf = (chosen: object): string =>
  Object.entries(chosen)
    .map(([key, value]) =>
      Array.isArray(value) ? `${value.length} dead letters` : `${key} ${String(value)}`,
    )
    .join(' ');

function governorRoutes(door: FastifyInstance, { shop }: ConsoleParts): void {
  door.get('/api/governor', async () => {
    const status = await shop.governor().status();
    return { ...status, speaks: isSpeaking(status) };
  });
  door.get('/api/governor/:id/history', async (request) => ({
    items: told(await shop.governor().history(idOf(request))),
  }));
  door.post('/api/governor/:id/pin', changing, async (request) => {
    const { kind, rate, forS, ...why } = readStrictly(pinRequest, request.body, 'body');
    const pin = { ...saidBy(why), kind, ...(rate !== undefined && { rate }), forS };
    return told(await shop.governor().pin(idOf(request), pin));
  });
  door.post('/api/governor/:id/release', changing, async (request) => {
    const word = saidBy(readStrictly(said, request.body, 'body'));
    return told(await shop.governor().release(idOf(request), word));
  });
}

/** What the governor did. @throws Problem 409 with why it did nothing. */
function told<T>(answer: GovernorAnswer<T>): T {
  if ('done' in answer) return answer.done;
  throw refused(answer.refused);
}

function sandboxRoutes(door: FastifyInstance, { shop, errands }: ConsoleParts): void {
  door.get('/api/faults', async () => {
    const found = shop.found();
    return { items: await Promise.all(sandboxesOf(found).map((sandbox) => readFaultsOf(found, sandbox))) };
  });
  door.put('/api/faults/:id', changing, async (request) => {
    const faults = readStrictly(faultRequest, request.body, 'body');
    return await setFaults(shop.found(), idOf(request), faults);
  });
  door.post('/api/load', changing, async (request, reply) => {
    const asked = readStrictly(loadRequest, request.body, 'body');
    const found = shop.found();
    needSandboxes(found);
    const about = `${asked.orders} orders at ${asked.rate} a second`;
    const started = errands.start({
      kind: 'load',
      about,
      work: async (report, signal) => await runLoad(found, asked, report, signal),
    });
    return reply.code(202).send(started);
  });
}

function errandRoutes(door: FastifyInstance, { shop, errands }: ConsoleParts): void {
  const read = (work: ReadingWork, about: string): Errand => {
    const { dataFolder } = shop.found();
    return errands.start({
      kind: work.kind,
      about,
      work: async (report, signal) => await inWorker(dataFolder, work, report, signal),
    });
  };
  for (const kind of ['audit', 'doctor'] as const) {
    door.post(`/api/${kind}`, async (request, reply) => {
      readStrictly(nothing, request.body, 'body');
      return reply.code(202).send(read({ kind }, 'the whole shop'));
    });
  }
  door.post('/api/replay', async (request, reply) => {
    const asked = readStrictly(replayRequest, request.body, 'body');
    readReplay(asked.service, asked); // what there is not is refused before anything begins
    const { service, entity, from = 'the start', to = 'now' } = asked;
    const about = `${service}${entity === undefined ? '' : ` ${entity}`}, from ${from} to ${to}`;
    return reply.code(202).send(read({ kind: 'replay', ...asked }, about));
  });
  door.get('/api/errands', async () => ({ items: errands.list() }));
  door.get('/api/errands/:id', async (request) => known(errands.get(idOf(request)), idOf(request)));
  door.post('/api/errands/:id/stop', async (request) => {
    readStrictly(nothing, request.body, 'body');
    return known(errands.stop(idOf(request)), idOf(request));
  });
}

function known(errand: Errand | undefined, id: string): Errand {
  if (errand) return errand;
  throw unknown(`There is no errand ${id}: the last 20 are kept, while the console runs`);
}
