import type { ContractInfo, EventType, Money } from '@refrain/contract-kit';
import type { Metrics } from './metrics.ts';

/**
 * What the business waits for: it is open from one event of an entity until another. An unsettled order,
 * money on its way back. What is open, since when, and for how much, is told as metrics.
 */
export interface Matter {
  readonly name: string;
  /** Types of own events: the first of them that comes opens it. */
  readonly opens: ReadonlySet<string>;
  readonly closes: ReadonlySet<string>;
  /** What it is worth, from an event that comes with the one that opens it, or before, while any is open. */
  readonly worth?: { readonly of: string; readonly is: (data: unknown) => Money } | undefined;
}

interface Worth<T extends string, D, I> {
  readonly of: EventType<T, D, I>;
  readonly is: (data: D) => Money;
}

/** Something that is open from one event until another. Its name is a label: keep it. */
export const matter = <T extends string, D, I>(
  name: string,
  {
    opens,
    closes,
    worth,
  }: {
    readonly opens: readonly { readonly type: string }[];
    readonly closes: readonly { readonly type: string }[];
    readonly worth?: Worth<T, D, I>;
  },
): Matter => ({
  name,
  opens: new Set(opens.map(({ type }) => type)),
  closes: new Set(closes.map(({ type }) => type)),
  worth: worth && { of: worth.of.type, is: worth.is as (data: unknown) => Money },
});

/** The matters of one entity that are open, with the time of the commit that opened each. */
export type OpenSince = ReadonlyMap<string, number>;

const NONE: OpenSince = new Map();

/** What is open after events of these types, stored together `at` that time. */
export function foldMatters(
  matters: readonly Matter[],
  open: OpenSince,
  types: readonly string[],
  at: number,
): OpenSince {
  let after = open;
  for (const { name, opens, closes } of matters)
    for (const type of types) {
      const isOpen = after.has(name);
      if (!isOpen && opens.has(type)) after = new Map([...after, [name, at]]);
      else if (isOpen && closes.has(type)) after = new Map([...after].filter(([other]) => other !== name));
    }
  return after.size === 0 ? NONE : after;
}

/** Tells how long those were open that an append closed. */
export function tellClosed(metrics: Metrics, before: OpenSince, after: OpenSince, at: number): void {
  if (before === after) return;
  for (const [name, since] of before)
    if (!after.has(name))
      metrics.record('refrain_matter_seconds', Math.max(0, at - since) / 1_000, { matter: name });
}

/** Problems of a service's matters, for who makes a registry. */
export function matterProblems(matters: readonly Matter[], { service, types }: ContractInfo): string[] {
  const names = new Set<string>();
  return matters.flatMap(({ name, opens, closes, worth }) => {
    const problems = names.has(name) ? [`two matters are named ${name}`] : [];
    names.add(name);
    const foreign = [...opens, ...closes, ...(worth ? [worth.of] : [])].filter((type) => !(type in types));
    return [...problems, ...foreign.map((type) => `${type} of the matter ${name} is no event of ${service}`)];
  });
}
