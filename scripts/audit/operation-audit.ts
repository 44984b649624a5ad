import type { ErrorCode } from '@refrain/errors';
import {
  dueAtOf,
  foldLetters,
  foldOperations,
  isHeld,
  type LettersOnRecord,
  type Operation,
  type Operations,
  parseOutcome,
} from '@refrain/runtime';
import { AttemptCounts } from './attempt-counts.ts';
import { BudgetAudit } from './budget-audit.ts';
import { contracts } from './contracts.ts';
import { auditFailure } from './explained-audit.ts';
import type { Findings } from './findings.ts';
import type { OutsideRecords, PlacedEvent, Unchecked, Waiting } from './records.ts';
import { iso } from './times.ts';
import { answerTo, endedMailReason, letterWords, reasonOf } from './waiting-words.ts';

/** How an error begins that a deployment of the reader ends. */
const NEWER: readonly ErrorCode[] = ['RF_EVENT_NEWER', 'RF_EVENT_UNKNOWN'];

interface Open {
  readonly service: string;
  readonly entity: string;
  readonly operations: Operations;
}

/** Every operation of the shop, folded from the streams; those that are closed are counted and forgotten. */
export class OperationAudit {
  readonly #findings: Findings;
  readonly #counts = new AttemptCounts();
  readonly #budget = new BudgetAudit();
  readonly #open = new Map<string, Open>();
  /** The last number on record of each operation that failed once or has a mark, and of its last mark. */
  readonly #numbers = new Map<string, number>();
  readonly #marked = new Map<string, number>();
  /** What was answered as a defect and has not been decided since, by place. */
  readonly #deadLetters = new Map<string, LettersOnRecord>();
  readonly #unresolvedMails = new Map<string, Waiting>();
  readonly #contradicted: Waiting[] = [];

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
    const { service, entity, type, cause, operation, at } = event;
    if (operation !== undefined) this.#counts.open(operation, at, isOfSandbox(service, type));
    this.#checkNumber(event);
    this.#checkRefusal(event);
    const answered = parseOutcome(cause)?.operation ?? startedBy(cause);
    if (answered !== undefined)
      this.#findings.expect(
        'an outcome belongs to an operation',
        this.#counts.has(answered),
        `${service} ${entity}`,
        () => `${type} names ${cause}`,
      );
    if (type === 'refrain.AttemptFailed') auditFailure(event, this.#operationOf(event), this.#findings);
    this.#counts.add(event);
    this.#budget.add(event);
    this.#fold(event);
    this.#note(event);
  }

  #checkNumber({ type, data }: PlacedEvent): void {
    if (type !== 'refrain.AttemptFailed' && type !== 'refrain.AttemptStarted') return;
    const { operation, n } = data as { operation: string; n: number };
    const before = this.#numbers.get(operation) ?? 0;
    // The failure of a marked attempt bears its number. A mark may stay alone: a person spoke instead.
    const isOfMark = type === 'refrain.AttemptFailed' && this.#marked.get(operation) === n;
    const follows = n === before + 1 || (isOfMark && n === before);
    if (type === 'refrain.AttemptStarted') this.#marked.set(operation, n);
    this.#findings.expect(
      'attempts are numbered without a gap',
      follows,
      `operation ${operation}`,
      () => `${n} after ${before}`,
    );
    this.#numbers.set(operation, n);
  }

  /**
   * A refusal ends an operation as the answer to its latest attempt: one that is on record as failed was
   * overtaken, and what came after it may have moved money.
   */
  #checkRefusal({ service, entity, cause }: PlacedEvent): void {
    const { operation = '', n = 0, verdict = '' } = parseOutcome(cause) ?? {};
    const open = this.#open.get(`${service} ${entity}`)?.operations.get(operation);
    if (!open || contracts[service]?.effects[open.effect]?.failures[verdict]?.class !== 'rejected') return;
    const { n: last, started } = open;
    this.#findings.expect(
      'a refusal answers the latest attempt',
      n > last || started?.n === n,
      `operation ${operation}`,
      () => `${verdict} answered attempt ${n}, and attempt ${last} was on record`,
    );
  }

  #operationOf({ service, entity, data }: PlacedEvent): Operation | undefined {
    const { operation = '' } = data as { operation?: string };
    return this.#open.get(`${service} ${entity}`)?.operations.get(operation);
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

  /** What no operation shows: dead letters, and mails that are left to a person. */
  #note(event: PlacedEvent): void {
    const { service, entity, type, cause, correlation } = event;
    const where = `${service} ${entity}`;
    if (type === 'MailSent') this.#unresolvedMails.delete(entity);
    if (type === 'MailUnresolved')
      this.#unresolvedMails.set(entity, {
        where,
        orderId: correlation,
        reason: endedMailReason(parseOutcome(cause)?.verdict),
      });
    if (type === 'OrderContradicted') {
      const { side } = event.data as { side: string };
      const reason = `completed, and its ${side} was undone afterwards: a person has to look`;
      this.#contradicted.push({ where, orderId: correlation, reason });
    }
    if (type === 'refrain.Defect') this.#checkDefect(where, (event.data as { error: string }).error);
    const before = this.#deadLetters.get(where);
    if (!before && type !== 'refrain.Defect') return;
    const letters = foldLetters(before ?? new Map(), { event, at: event.at });
    if (letters.size > 0) this.#deadLetters.set(where, letters);
    else this.#deadLetters.delete(where);
  }

  /** A newer build was deployed first; what it writes is no mistake of anybody's. */
  #checkDefect(where: string, error: string): void {
    const isNewer = NEWER.some((code) => error.startsWith(`${code}:`));
    this.#findings.expect('what a newer build wrote waits', !isNewer, where, () => error);
  }

  /** Dead letters of causes; that of an effect is shown as its operation. */
  #waitingLetters(): Waiting[] {
    return [...this.#deadLetters].flatMap(([where, letters]) =>
      [...letters.values()]
        .filter(({ operation }) => operation === undefined)
        .map((letter) => ({ where, orderId: letter.correlation, ...letterWords(letter) })),
    );
  }

  /** What waits: for a due time, or for a person. Nothing is silent. */
  waiting(): Waiting[] {
    const operations = [...this.#open.values()].flatMap(({ service, entity, operations: open }) =>
      [...open.values()].map((operation) => ({
        where: `${service} ${entity}`,
        orderId: operation.intent.correlation,
        reason: reasonOf(operation),
        ...(operation.status === 'open' && !isHeld(operation) && { due: iso(dueAtOf(operation)) }),
        ...answerTo(operation),
      })),
    );
    const shown = new Set(operations.map(({ where }) => where));
    const mails = [...this.#unresolvedMails.values()].filter(({ where }) => !shown.has(where));
    return [...operations, ...mails, ...this.#contradicted, ...this.#waitingLetters()];
  }

  /** Returns what could not be looked at, and why. */
  conclude(records: OutsideRecords): Unchecked[] {
    this.#counts.compareCalls(records, this.#findings);
    this.#counts.compareMails(records, this.#findings);
    this.#checkEnds();
    return this.#budget.conclude(records, this.#findings);
  }

  /** P5: what has no outcome is shown, with when it is due or who is to answer. */
  #checkEnds(): void {
    const shown = new Set([...this.#open.values()].flatMap(({ operations }) => [...operations.keys()]));
    for (const [id, closed] of this.#counts.ends())
      this.#findings.expect(
        'every operation has an outcome or waits visibly',
        closed || shown.has(id),
        `operation ${id}`,
        () => 'neither an outcome on record nor anything it waits for',
      );
  }
}

/** Whether a sandbox stands for whom an intent has called: nobody shows the calls of another dependency. */
const isOfSandbox = (service: string, intent: string): boolean =>
  Object.values(contracts[service]?.effects ?? {}).every(
    ({ after, dependency }) => after !== intent || dependency === 'psp' || dependency === 'mail',
  );

/** `start:<operationId>:<n>:<runner>`. */
const startedBy = (cause: string): string | undefined =>
  cause.startsWith('start:') ? cause.split(':')[1] : undefined;
