import { inventory } from '@refrain/contract-inventory';
import type { ContractInfo } from '@refrain/contract-kit';
import { notifications } from '@refrain/contract-notifications';
import { orders } from '@refrain/contract-orders';
import { payments } from '@refrain/contract-payments';
import { dueAtOf, foldOperations, type Operation, type Operations, parseOutcome } from '@refrain/runtime';
import type { Findings } from './findings.ts';
import { AttemptCounts } from './attempt-counts.ts';
import type { OutsideRecords, PlacedEvent, Waiting } from './records.ts';

const contracts: Readonly<Record<string, ContractInfo>> = {
  orders: orders.$contract,
  payments: payments.$contract,
  inventory: inventory.$contract,
  notifications: notifications.$contract,
};

interface Open {
  readonly service: string;
  readonly entity: string;
  readonly operations: Operations;
}

const HUMAN = 'a mail that was refused, or may have gone out: a human has to look';

/** Every operation of the shop, folded from the streams; those that are closed are counted and forgotten. */
export class OperationAudit {
  readonly #findings: Findings;
  readonly #counts = new AttemptCounts();
  readonly #open = new Map<string, Open>();
  /** The last number on record of each operation that failed once. */
  readonly #numbers = new Map<string, number>();
  /** What was answered as a defect and has not been decided since, by place, cause and reaction. */
  readonly #deadLetters = new Map<string, Waiting>();
  readonly #unresolvedMails = new Map<string, Waiting>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  get operations(): number {
    return this.#counts.size;
  }

  get unrecordedCalls(): number {
    return this.#counts.unrecorded;
  }

  add(event: PlacedEvent): void {
    const { service, entity, type, cause, operation } = event;
    if (operation !== undefined) this.#counts.open(operation);
    this.#checkNumber(event);
    const outcome = parseOutcome(cause);
    if (outcome)
      this.#findings.expect(
        'an outcome belongs to an operation',
        this.#counts.has(outcome.operation),
        `${service} ${entity}`,
        () => `${type} names ${cause}`,
      );
    this.#counts.add(event);
    this.#fold(event);
    this.#note(event);
  }

  #checkNumber({ type, data }: PlacedEvent): void {
    if (type !== 'refrain.AttemptFailed') return;
    const { operation, n } = data as { operation: string; n: number };
    const before = this.#numbers.get(operation) ?? 0;
    const follows = n === before + 1;
    this.#findings.expect(
      'attempts are numbered without a gap',
      follows,
      `operation ${operation}`,
      () => `${n} after ${before}`,
    );
    this.#numbers.set(operation, n);
  }

  #fold(event: PlacedEvent): void {
    const { service, entity } = event;
    const contract = contracts[service];
    if (!contract) return;
    const key = `${service} ${entity}`;
    const before: Operations = this.#open.get(key)?.operations ?? new Map<string, Operation>();
    const after = foldOperations(before, { event, at: event.at }, contract);
    const open = new Map([...after].filter(([, { status }]) => status !== 'closed'));
    for (const id of before.keys()) if (!open.has(id)) this.#counts.close(id);
    if (open.size > 0) this.#open.set(key, { service, entity, operations: open });
    else this.#open.delete(key);
  }

  /** What no operation shows: dead letters, and mails that are left to a human. */
  #note({ service, entity, type, cause, reaction, correlation, data }: PlacedEvent): void {
    const where = `${service} ${entity}`;
    if (type === 'MailSent') this.#unresolvedMails.delete(entity);
    if (type === 'MailUnresolved')
      this.#unresolvedMails.set(entity, { where, orderId: correlation, reason: HUMAN });
    const letter = `${where} ${cause} ${reaction}`;
    if (type !== 'refrain.Defect') {
      if (this.#deadLetters.size > 0) this.#deadLetters.delete(letter);
      return;
    }
    const { error, operation } = data as { error: string; operation?: string };
    if (operation !== undefined) return; // shown as an operation
    const reason = `"${reaction}": a defect of ours, a human has to look (${error})`;
    this.#deadLetters.set(letter, { where, orderId: correlation, reason });
  }

  /** What waits: for a due time, or for a human. Nothing is silent. */
  waiting(): Waiting[] {
    const operations = [...this.#open.values()].flatMap(({ service, entity, operations: open }) =>
      [...open.values()].map((operation) => ({
        where: `${service} ${entity}`,
        orderId: operation.intent.correlation,
        reason: reasonOf(operation),
        ...(operation.status === 'open' && { due: new Date(dueAtOf(operation)).toISOString() }),
      })),
    );
    const shown = new Set(operations.map(({ where }) => where));
    const mails = [...this.#unresolvedMails.values()].filter(({ where }) => !shown.has(where));
    return [...operations, ...mails, ...this.#deadLetters.values()];
  }

  conclude(records: OutsideRecords): void {
    this.#counts.compareCalls(records, this.#findings);
    this.#counts.compareMails(records, this.#findings);
  }
}

function reasonOf({ status, effect, last, n, started }: Operation): string {
  if (status === 'defect') return `${effect}: a defect of ours, a human has to look`;
  if (status === 'waiting') {
    const why = last ? ` (${last.failure})` : '';
    return effect === 'send' ? `${effect}: ${HUMAN}${why}` : `${effect}: given up, the outcome unknown${why}`;
  }
  if (started) return `${effect}: attempt ${n} has started`;
  return last
    ? `${effect}: attempt ${n} failed (${last.failure}), the next one is due`
    : `${effect}: not attempted yet`;
}
