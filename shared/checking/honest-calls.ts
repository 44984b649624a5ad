import type { Command } from '@refrain/decider';
import { Bug } from '@refrain/errors';
import type { Call, Progress } from '@refrain/runtime';
import type { OperationFacts } from './entities.ts';

const isCommand = (value: Command | Progress | undefined): value is Command =>
  value !== undefined && typeof (value as Partial<Command>).entityType === 'string' && 'data' in value;

/**
 * The command that an operation's success brings back: its real steps, once, against a gateway that does what
 * it is asked. Whether and when it succeeds is for the model to say.
 *
 * @throws Bug where a step fails, or the last one brings no command.
 */
export async function successCommand({ id, effect, entity, intent }: OperationFacts): Promise<Command> {
  let progress: Progress = {};
  for (const step of effect.rule.steps) {
    const keyOf = (other: string): string => `${id}.1.${other}`;
    const call: Call = {
      key: keyOf(step),
      keyOf,
      operationId: id,
      correlationId: entity.entityId,
      traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
      signal: new AbortController().signal,
      note: (noted) => {
        progress = { ...progress, ...noted };
      },
    };
    const result = await effect.steps[step]?.(intent, call, progress);
    if (isCommand(result)) return result;
    progress = { ...progress, ...result };
  }
  throw new Bug(`The last step of ${effect.name} brought no command. Nothing was checked.`);
}
