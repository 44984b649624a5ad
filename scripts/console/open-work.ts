import {
  GROUPS_MAX,
  letterGroup,
  type LettersOverview,
  type LettersPage,
  lettersPage,
  type OperationSeen,
  type RetriesPage,
  retriesPage,
} from '@refrain/console/api';
import { isRefrainError } from '@refrain/errors';
import { z } from 'zod';
import type { Answer, Desks } from '../cli/operator/desks.ts';
import { refused } from './problems.ts';

// What the doors show, by what the page is told: there is one form of it.
const operations = retriesPage.omit({ missing: true });
const groups = z.object({ items: z.array(letterGroup.omit({ service: true })) });

interface Asked {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly state?: string | undefined;
  readonly flow?: string | undefined;
}

/** So many a service is asked for at once when most of them may not be wanted. */
const LOOKED_AT = 1_000;

/**
 * A page of what is open in all services, oldest first. The desks' own cursors order by time and id, so the
 * same cursor holds for all of them.
 */
export async function openWork(desks: Desks, asked: Asked): Promise<RetriesPage> {
  const { items, more, missing } = await pagesOf(desks, asked, asked.limit);
  return { ...pageOf(items, asked.limit, more), missing };
}

/**
 * Only what a person's verdict brings on: of the first 1,000 that wait, and that are a defect, in each
 * service.
 */
export async function verdictsNeeded(
  desks: Desks,
  { limit, after }: Pick<Asked, 'limit' | 'after'>,
): Promise<RetriesPage> {
  const found = await Promise.all(
    ['waiting', 'defect'].map(async (state) => await pagesOf(desks, { limit, after, state }, LOOKED_AT)),
  );
  const items = found.flatMap((page) => page.items).filter(({ needs }) => needs?.includes('verdict'));
  const missing = [...new Set(found.flatMap((page) => page.missing))];
  return { ...pageOf(items.sort(byCursor), limit, false), missing };
}

async function pagesOf(
  desks: Desks,
  { after, state, flow }: Asked,
  limit: number,
): Promise<{ items: OperationSeen[]; more: boolean; missing: string[] }> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(after !== undefined && { after }),
    ...(state !== undefined && { state }),
    ...(flow !== undefined && { flow }),
  }).toString();
  const { found, missing } = await ofEach(desks, async (service) =>
    valueOf(await desks.get(service, `operations?${query}`, operations)),
  );
  const items = found.flatMap((answer) => answer.items);
  return { items: items.sort(byCursor), more: found.some(({ next }) => next !== undefined), missing };
}

/** What each service says; who does not answer is named, and what the others say is not lost. */
async function ofEach<T>(
  desks: Desks,
  ask: (service: string) => Promise<T>,
): Promise<{ found: T[]; missing: string[] }> {
  const missing = [...desks.missing];
  const answers = await Promise.all(
    desks.services.map(async (service) => {
      try {
        return [await ask(service)];
      } catch (error) {
        if (!isRefrainError(error, 'RF_UNREACHABLE')) throw error;
        missing.push(service);
        return [];
      }
    }),
  );
  return { found: answers.flat(), missing: missing.sort() };
}

/** As `pageOf` of the desks makes it. */
const cursorOf = ({ since, id }: OperationSeen): string =>
  `${String(Date.parse(since)).padStart(16, '0')}-${id}`;

const byCursor = (one: OperationSeen, other: OperationSeen): number =>
  cursorOf(one) < cursorOf(other) ? -1 : 1;

function pageOf(all: readonly OperationSeen[], limit: number, more: boolean): Omit<RetriesPage, 'missing'> {
  const items = all.slice(0, limit);
  const last = items.at(-1);
  return { items, ...((more || all.length > limit) && last && { next: cursorOf(last) }) };
}

/** Dead letters of all services in groups, those with the most first. */
export async function letterGroups(desks: Desks): Promise<LettersOverview> {
  const { found, missing } = await ofEach(desks, async (service) => {
    const { items } = valueOf(await desks.get(service, 'dead-letter-groups', groups));
    return items.map((group) => ({ service, ...group }));
  });
  const all = found.flat().sort((a, b) => b.letters - a.letters);
  return {
    groups: all.slice(0, GROUPS_MAX),
    letters: all.reduce((total, group) => total + group.letters, 0),
    truncated: all.length > GROUPS_MAX,
    missing,
  };
}

/** A page of the letters of one group. */
export async function lettersOf(
  desks: Desks,
  { service, group, limit, after }: Pick<Asked, 'limit' | 'after'> & { service: string; group: string },
): Promise<LettersPage> {
  const query = new URLSearchParams({ group, limit: String(limit), ...(after !== undefined && { after }) });
  return valueOf(await desks.get(service, `dead-letters?${query.toString()}`, lettersPage));
}

function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind === 'done') return answer.value;
  throw refused(answer.detail);
}
