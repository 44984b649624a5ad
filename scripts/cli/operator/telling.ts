import type { z } from 'zod';
import { exit } from '../errors.ts';
import { noteLater } from '../later-services.ts';
import type { Output } from '../output.ts';
import type { Answer, Desks } from './desks.ts';
import type { OperationSeen, spoken } from './views.ts';

/** An exit code that says "not reached" where a service was not. */
export function codeOf(desks: Pick<Desks, 'missing' | 'later'>, out: Output, code: number): number {
  noteLater(out, desks.later);
  if (desks.missing.length === 0) return code;
  out.note(`Not reached: ${desks.missing.join(', ')}. What they know is missing here.`);
  return exit.unreachable;
}

/** Nobody knows it: perhaps only because a service was not reached. */
export function tellUnknown(desks: Desks, out: Output, what: string, id: string): number {
  const hint =
    what === 'operation' ? `refrain why ${id} reads the whole log` : 'refrain dead-letters ls lists them';
  const message = `no service knows the ${what} ${id}; ${hint}`;
  out.note(`Nothing was done: ${message}.`);
  out.document({ error: { code: 'FINDING', message, missing: desks.missing, exit: exit.finding } });
  return codeOf(desks, out, exit.finding);
}

/** What came of a word. Said before is fine: it is as it was asked to be. */
export function tellSpoken(answer: Answer<z.infer<typeof spoken>>, out: Output, id: string): number {
  if (answer.kind !== 'done') {
    out.note(answer.detail);
    out.document({ error: { code: 'FINDING', message: answer.detail, exit: exit.finding } });
    return exit.finding;
  }
  const { service, value } = answer;
  const how = value.changed ? '' : 'Nothing changed: ';
  out.line(`${how}${service} ${value.entity}: ${value.says}.`);
  out.document({ id, service, ...value });
  return exit.fine;
}

const heldText = ({ until, reason }: NonNullable<OperationSeen['held']>): string =>
  `held by the governor${until ? ` until ${until}` : ''}${reason ? `: ${reason}` : ''}`;

/** What stands between an operation and its outcome, in one line. */
export function reasonOf({ state, held, lastFailure, defect, needs = [], asked }: OperationSeen): string {
  const last = lastFailure && `${lastFailure.name} (${lastFailure.class}, happened: ${lastFailure.happened})`;
  const parts = [
    ...(asked === 'retry' ? ['a person asked for it now'] : []),
    ...(asked === 'cancel' ? ['a person wants no further attempt'] : []),
    ...(held ? [heldText(held)] : []),
    ...(defect ? [`defect of ours: ${defect.error}`] : []),
    ...(last ? [`last ${last}`] : []),
    ...(state === 'waiting' && needs.length === 0 ? ['the provider is asked on'] : []),
    ...(needs.length > 0 ? [`needs a person: ${needs.join(' or ')}`] : []),
  ];
  return parts.join('; ');
}
