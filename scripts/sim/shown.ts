import type { DomainEvent } from '@refrain/contract-kit';
import type { Commit } from '@refrain/event-log';
import { type Warehouse, warehouse } from '@refrain/service-inventory/warehouse';
import { OrdersReadModel } from '@refrain/service-orders/read-model';
import type { OrderView, StockView } from '../audit/mod.ts';

/** What the door of orders shows, by the read model that stands behind it. */
export function ordersShown(commits: readonly Commit[]): OrderView[] {
  const model = new OrdersReadModel(':memory:');
  try {
    const last = commits.at(-1);
    // As a service does that begins: built beside, and it answers once all is read.
    if (last) model.beside.apply(commits, { seq: last.seq, commitId: last.id });
    model.beside.atEnd?.();
    return model.list({ limit: commits.length }) ?? [];
  } finally {
    model.close();
  }
}

/** What the door of inventory shows, by the decider that stands behind it. */
export function stockShown(commits: readonly Commit[]): StockView[] {
  const { $decider } = warehouse;
  const { types } = $decider.contract.$contract;
  let state = $decider.initialState;
  for (const commit of commits) {
    const { service, entityType } = commit.entity;
    if (entityType !== 'warehouse') continue;
    for (const { type, version, data } of commit.body().events) {
      const event: DomainEvent = { type, service, version, data };
      if (types[type]) state = $decider.evolve(state, event);
    }
  }
  return Object.entries(state as Warehouse).map(([sku, item]) => ({ sku, ...item }));
}
