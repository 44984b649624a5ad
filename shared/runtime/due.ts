import { Bug } from '@refrain/errors';
import { reasonOf, Undecidable } from './decision.ts';
import type { Effect } from './definition.ts';
import type { EntityState } from './entity-state.ts';
import { type Action, nextAction, type Situation } from './next-action.ts';
import type { Operation } from './operations.ts';
import type { Registry } from './registry.ts';

/** An operation with what is to be done about it now. */
export interface Due {
  readonly entity: EntityState;
  readonly operation: Operation;
  readonly effect: Effect;
  readonly action: Action;
}

/** @throws Undecidable where the effect cannot say whether the entity still wants it. */
export function dueOf(
  registry: Registry,
  entity: EntityState,
  operation: Operation,
  at: Pick<Situation, 'now' | 'inDoubt' | 'keyUsedFrom'>,
): Due {
  const effect = registry.effects.get(operation.effect);
  if (!effect) throw new Bug(`the service has no effect ${operation.effect}`);
  const action = nextAction(operation, effect.rule, {
    ...at,
    wanted: isWanted(effect, entity),
    canClose: effect.close !== undefined,
    canLookUp: effect.lookup !== undefined,
  });
  return { entity, operation, effect, action };
}

function isWanted(effect: Effect, { state }: EntityState): boolean {
  try {
    return effect.wanted(state);
  } catch (error) {
    throw new Undecidable(`wanted: ${reasonOf(error)}`, { cause: error });
  }
}
