import { contracts } from './contracts.ts';
import type { Findings } from './findings.ts';
import { endOf, type Flow, type Flows } from './flow.ts';
import type { PlacedEvent } from './records.ts';

/** What undoes what, by the contracts: an event, and the one that says that nothing of it is left. */
const pairs: readonly (readonly [done: string, undone: string])[] = Object.values(contracts).flatMap(
  ({ undoneBy }) => Object.entries(undoneBy),
);
const named: ReadonlySet<string> = new Set(pairs.flat());

/** That what a flow did is undone where it ended backward, and nothing of it where it ended forward. */
export class UndoAudit {
  /** By the flow's index, how often each event of a pair was recorded. */
  readonly #counts = new Map<number, Record<string, number>>();

  add({ type }: PlacedEvent, { index }: Flow): void {
    if (!named.has(type)) return;
    const counts = this.#counts.get(index) ?? {};
    counts[type] = (counts[type] ?? 0) + 1;
    this.#counts.set(index, counts);
  }

  conclude(flows: Flows, findings: Findings): void {
    for (const flow of flows.orders()) {
      const end = endOf(flow);
      if (end === undefined) continue;
      const counts = this.#counts.get(flow.index) ?? {};
      for (const [done, undone] of pairs) {
        const [did, undid] = [counts[done] ?? 0, counts[undone] ?? 0];
        const found = (): string => `${did} ${done}, ${undid} ${undone}`;
        const where = `order/${flow.orderId}`;
        if (end === 'completed')
          findings.expect('a completed order undoes nothing', undid === 0, where, found);
        else findings.expect('a cancelled order undoes what it did', did <= undid, where, found);
      }
    }
  }
}
