import { UsageError } from '../errors.ts';
import type { Answer, Desks } from './desks.ts';
import type { Said } from './options.ts';
import { type RedriveReport, redriveReport } from './views.ts';

/** Which dead letters are meant. */
export type Selection =
  | { readonly ids: readonly string[] }
  | { readonly group: string }
  | { readonly flow: string }
  | { readonly all: boolean };

/** What came of it, over all services. */
export interface Redriving extends Omit<RedriveReport, 'left' | 'last' | 'upTo'> {
  /** Ids that no service knows. */
  readonly unknown: readonly string[];
}

type Counts = Omit<Redriving, 'dryRun' | 'unknown'>;

const nothing: Counts = { succeeded: 0, failed: 0, errors: [], already: 0, pending: 0, refused: [] };

const sum = (one: Counts, other: Counts): Counts => ({
  succeeded: one.succeeded + other.succeeded,
  failed: one.failed + other.failed,
  already: one.already + other.already,
  pending: one.pending + other.pending,
  refused: [...one.refused, ...other.refused],
  errors: [...Map.groupBy([...one.errors, ...other.errors], ({ error }) => error)].map(([error, found]) => ({
    error,
    letters: found.reduce((total, { letters }) => total + letters, 0),
  })),
});

interface Asked extends Said {
  readonly dryRun?: boolean;
}

/**
 * Drives the selection again in every service, page by page. What fails again behind the place where it began
 * is another dead letter and is left alone.
 *
 * @throws UsageError when a service refuses the selection; what was driven again before stays so.
 */
export async function redriveAll(
  desks: Desks,
  asked: Asked,
  selection: Selection,
  onProgress: (text: string) => void,
): Promise<Redriving> {
  if ('ids' in selection) return await redriveIds(desks, asked, selection.ids);
  let total = nothing;
  for (const service of desks.services) {
    let from: { behind?: number; upTo?: number } = {};
    for (;;) {
      const answer = await ask(desks, service, { ...asked, ...selection, ...from });
      if (answer.kind === 'refused') throw new UsageError(`${service}: ${answer.detail}`);
      if (answer.kind === 'unknown') break;
      total = sum(total, answer.value);
      const { left, last, upTo } = answer.value;
      if (left === 0) break;
      onProgress(`${service}: ${left} left`);
      from = { behind: last, upTo };
    }
  }
  onProgress('');
  return { dryRun: asked.dryRun === true, ...total, unknown: [] };
}

const ask = (desks: Desks, service: string, body: object): Promise<Answer<RedriveReport>> =>
  desks.post(service, 'dead-letters/redrive', redriveReport, body);

async function redriveIds(desks: Desks, asked: Asked, ids: readonly string[]): Promise<Redriving> {
  let total = nothing;
  const unknown: string[] = [];
  for (const id of ids) {
    const answer = await desks.firstOf((service) => ask(desks, service, { ...asked, ids: [id] }));
    if (answer?.kind === 'done') total = sum(total, answer.value);
    else if (answer?.kind === 'refused')
      total = sum(total, { ...nothing, refused: [{ id, problem: answer.detail }] });
    else unknown.push(id);
  }
  return { dryRun: asked.dryRun === true, ...total, unknown };
}

export function linesOf(report: Redriving): string[] {
  const { dryRun, succeeded, failed, errors, already, pending, refused, unknown } = report;
  if (succeeded + failed + already + pending + refused.length + unknown.length === 0)
    return ['There is nothing to drive again.'];
  return [
    dryRun
      ? `${succeeded} would succeed with today’s code, ${failed} would fail. Nothing was recorded.`
      : `${succeeded} driven again, ${failed} are dead letters again.`,
    ...errors.map(({ error, letters }) => `  ${letters} x ${error}`),
    ...(already > 0 ? [`${already} had been driven again before: nothing changed.`] : []),
    ...(pending > 0 ? [`${pending} are on record and are decided as soon as that is possible.`] : []),
    ...refused.map(({ problem }) => problem),
    ...unknown.map((id) => `No service knows the dead letter ${id}. Nothing was done about it.`),
  ];
}
