import { exit, UsageError } from '../errors.ts';
import type { Output } from '../output.ts';
import { cutIdHint, missingIdHint } from '../cut-id.ts';

/** An entity of a service, as it is typed: `payments charge/ord-7`. @throws UsageError */
export function readEntityName(
  operands: readonly string[],
  command: string,
  or = '',
): { service: string; entityType: string; entityId: string } {
  const [service = '', name = ''] = operands;
  const { entityType, entityId } = entityIn(name) ?? {};
  if (entityType !== undefined && entityId !== undefined) return { service, entityType, entityId };
  const found = `found "${operands.join(' ')}". Nothing was read.${cutIdHint(name)}`;
  throw new UsageError(`refrain ${command}: expected <service> <entityType>/<entityId>${or}, ${found}`);
}

/** `charge/ord-7` in its parts; `undefined` for what is no entity's name. */
export function entityIn(name: string): { entityType: string; entityId: string } | undefined {
  const [, entityType, entityId] = /^([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9_-]{1,64})$/.exec(name) ?? [];
  return entityType === undefined || entityId === undefined ? undefined : { entityType, entityId };
}

/** Says that an entity is not there, or was not yet; returns the exit code of that. */
export function tellMissing(
  out: Output,
  { service, name, existsLater }: { service: string; name: string; existsLater: boolean },
): number {
  const problem = existsLater ? 'had not begun there' : 'is not in the log';
  out.note(`${service} ${name} ${problem}.${existsLater ? '' : missingIdHint(name)}`);
  out.document({ error: { code: 'FINDING', message: `${service} ${name} ${problem}`, exit: exit.finding } });
  return exit.finding;
}
