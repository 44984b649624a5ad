/** What the doctor looks at, in the order in which it is told. */
export const checks = {
  processes: 'every process is ready, and none was started again lately',
  broker: 'the broker answers, and is new enough',
  import: 'a platform that was imported was taken over',
  streams: 'streams are as planned, and every copy has all of it',
  durables: 'durables are as planned, somebody takes their deliveries, and little waits',
  clocks: 'clocks agree with the broker’s',
  operations: 'no operation is overdue, none waits for a person',
  compensations: 'nothing that was to be undone is stuck',
  'dead letters': 'no dead letter waits for a person',
  versions: 'no event waits for a newer build',
  governor: 'the governor speaks, and nobody pinned a word',
  disk: 'there is room for the log, and it is kept as safely as one expects',
  faults: 'no sandbox misbehaves on demand',
} as const;
export type Check = keyof typeof checks;

/** Something that is not as it should be, or that a person should know. */
export interface Finding {
  readonly check: Check;
  /** What it is about: a process, a stream, an operation. */
  readonly about: string;
  readonly found: string;
  readonly means: string;
  readonly todo: string;
}

/** What could not be asked, and why. */
export interface Unasked {
  readonly what: string;
  readonly why: string;
}

export interface Diagnosis {
  /** No finding: what could be asked is as it should be. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  /** What a person should know and need not act on. */
  readonly notes: readonly Finding[];
  readonly unasked: readonly Unasked[];
}

/** What was found so far; facts may come in any order. */
export class Findings {
  readonly #findings: Finding[] = [];
  readonly #notes: Finding[] = [];
  readonly #unasked: Unasked[] = [];

  add(...findings: readonly Finding[]): void {
    this.#findings.push(...findings);
  }

  has(finding: Finding): boolean {
    return this.#findings.includes(finding);
  }

  note(...notes: readonly Finding[]): void {
    this.#notes.push(...notes);
  }

  unasked(what: string, why: string): void {
    this.#unasked.push({ what, why });
  }

  diagnosis(): Diagnosis {
    const place = ({ check }: Finding): number => Object.keys(checks).indexOf(check);
    const inOrder = (list: readonly Finding[]): Finding[] => list.toSorted((a, b) => place(a) - place(b));
    return {
      healthy: this.#findings.length === 0,
      findings: inOrder(this.#findings),
      notes: inOrder(this.#notes),
      unasked: this.#unasked,
    };
  }
}
