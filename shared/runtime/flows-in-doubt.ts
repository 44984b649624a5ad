import type { ContractInfo } from '@refrain/contract-kit';
import type { Commit, RecordedEvent } from '@refrain/event-log';
import { foldOperations, type Operation, type Operations } from './operations.ts';

interface Flow {
  /** When something of it was stored last. */
  lastAt: number;
  /** It has had an operation of this service. */
  begun: boolean;
  /** Those without an outcome. */
  open: Operations;
}

/**
 * The flows from before a recovery of which a service may have called the world and not know it: all that it
 * hears of, but those whose operations it has closed and of which nothing was stored since the tail may be
 * missing. Fed with its own log and those it hears.
 */
export class FlowsInDoubt {
  readonly #contract: ContractInfo;
  readonly #since: number;
  readonly #flows = new Map<string, Flow>();

  constructor(contract: ContractInfo, since: number) {
    this.#contract = contract;
    this.#since = since;
  }

  add(commit: Commit): void {
    const { entity, at } = commit;
    for (const event of eventsOf(commit)) {
      const flow = this.#flows.get(event?.correlation ?? entity.entityId) ?? empty();
      this.#flows.set(event?.correlation ?? entity.entityId, flow);
      flow.lastAt = Math.max(flow.lastAt, at);
      if (event && entity.service === this.#contract.service) this.#fold(flow, event, at);
    }
  }

  #fold(flow: Flow, event: RecordedEvent, at: number): void {
    const after = foldOperations(flow.open, { event, at }, this.#contract);
    flow.begun ||= after.size > 0;
    flow.open = new Map([...after].filter(([, { status }]) => status !== 'closed'));
  }

  list(): string[] {
    return [...this.#flows]
      .filter(([, { begun, open, lastAt }]) => !begun || open.size > 0 || lastAt >= this.#since)
      .map(([flow]) => flow);
  }
}

const empty = (): Flow => ({ lastAt: 0, begun: false, open: new Map<string, Operation>() });

/** What cannot be read may be anything: its flow is in doubt under its entity's name. */
function eventsOf(commit: Commit): readonly (RecordedEvent | undefined)[] {
  try {
    return commit.body().events;
  } catch {
    return [undefined];
  }
}
