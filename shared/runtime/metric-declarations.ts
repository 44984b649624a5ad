/** A metric as it is declared. */
export interface Declared {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** `1` for a number of things. */
  readonly unit: '1' | 's' | 'bytes';
  readonly help: string;
  readonly attributes: readonly (keyof typeof attributeValues)[];
  /** Of a histogram: the upper bounds of its buckets, rising. */
  readonly buckets?: readonly number[];
}

/**
 * Every attribute with its values: a closed list, or names that contracts have and so a build has few of. An
 * id, a reason or an error text is never one: a label without a bound takes down who collects it.
 */
export const attributeValues = {
  dependency: { names: 'dependencies of effects', and: ['none'] },
  effect: { names: 'effects' },
  event: { names: 'events', and: ['platform events'] },
  source: { names: 'services' },
  matter: { names: 'matters' },
  currency: ['EUR'],
  copies: ['current', 'behind'],
  kind: ['first', 'retry'],
  outcome: ['success', 'rejected', 'transient', 'throttled', 'outage', 'defect'],
  status: ['open', 'waiting', 'defect'],
  reason: [
    'backoff',
    'outage',
    'budget',
    'suppressed',
    'throttled',
    'probing',
    'no word',
    'lag',
    'schedule late',
  ],
  leave: ['granted', 'budget', 'throttled', 'suppressed', 'probing', 'no word'],
  calls: ['all', 'retry'],
  word: ['open', 'throttled', 'suppressed', 'probing', 'silent'],
  stage: ['begun', 'done', 'stuck'],
  of: ['cause', 'operation'],
  layer: ['broker window', 'causes', 'expected sequence', 'provider key'],
  result: ['appended', 'duplicate', 'conflict', 'failed'],
  work: ['reactions', 'effects', 'deadlines', 'alarms'],
  reader: ['entity', 'read model'],
  redelivered: ['no', 'yes'],
  fate: ['written', 'thinned', 'dropped', 'sent', 'failed'],
} as const satisfies Readonly<
  Record<string, readonly string[] | { readonly names: string; readonly and?: readonly string[] }>
>;
