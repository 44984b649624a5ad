import type { DomainEvent } from '@refrain/contract-kit';

/** What the model checker saw the deciders do: contracts do not say it. */
export class Seen {
  /** Every event that was recorded, `service.Type`; true where it changed what its entity knows. */
  readonly recorded = new Map<string, boolean>();
  /** By `service.effect`, the events that were recorded for its success. */
  readonly successes = new Map<string, Set<string>>();
  /** By reaction, how many events it records for a list of few, and of many. */
  readonly fanOut = new Map<string, { readonly few: number; readonly many: number }>();

  event({ service, type }: DomainEvent, changes: boolean): void {
    const name = `${service}.${type}`;
    if (changes || !this.recorded.has(name)) this.recorded.set(name, changes);
  }

  success(effect: string, events: readonly DomainEvent[]): void {
    const types = this.successes.get(effect) ?? new Set<string>();
    for (const { type } of events) types.add(type);
    this.successes.set(effect, types);
  }
}
