import type { ContractInfo } from '@refrain/contract-kit';
import type { Entity } from '@refrain/event-log';

/** The order that an entity belongs to, where its contract says that it bears the order's id. Pure. */
export function orderOfIn(contracts: readonly ContractInfo[]): (entity: Entity) => string | undefined {
  const field = contracts.find(({ service }) => service === 'orders')?.entities['order']?.id;
  const bearing = new Set(
    contracts.flatMap(({ service, entities }) =>
      Object.keys(entities)
        .filter((type) => field !== undefined && entities[type]?.id === field)
        .map((type) => `${service} ${type}`),
    ),
  );
  return ({ service, entityType, entityId }) =>
    bearing.has(`${service} ${entityType}`) ? entityId : undefined;
}
