import type { EffectRule, FailureRule } from '@refrain/contract-kit';
import type { Change, Compared } from './changes.ts';
import { same, shown } from './comparing.ts';

type Effects = Readonly<Record<string, EffectRule>>;
type Said = Pick<Change, 'what' | 'breaks' | 'todo'>;

const UNDER_WAY = 'operations under way';

/** What changed of the effects' rules, and what becomes of operations that began under the old ones. */
export function effectChanges({ service }: Compared, was: Effects, is: Effects): Change[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((name): Change[] => {
    const where = `${service}.${name}`;
    const [old, now] = [was[name], is[name]];
    if (!old) return [{ service, where, what: 'the effect is new', breaks: [] }];
    const said = now
      ? [...ruleChanges(old, now), ...failureChanges(old.failures, now.failures)]
      : [
          {
            what: 'the effect is gone',
            breaks: [`${UNDER_WAY}: nobody ends them`],
            todo: 'keep it until none is open (refrain retries ls)',
          },
        ];
    return said.map((one) => ({ service, where, ...one }));
  });
}

/** Of each part of a rule, what a change of it breaks; a part that is not here breaks nobody. */
const PARTS: Readonly<Record<string, { readonly breaks: string; readonly todo: string }>> = {
  after: {
    breaks: `${UNDER_WAY}: their intent is no intent any more, and the names of operations change`,
    todo: 'declare another effect after the other event',
  },
  steps: {
    breaks: `${UNDER_WAY}: a step is part of the provider's key, under another one it may be done twice`,
    todo: 'add no step, take none away and rename none; declare another effect',
  },
  repeat: {
    breaks: `${UNDER_WAY}: what was begun under the old rule is repeated, or not, by the new one`,
    todo: 'let none be open when it is deployed (refrain retries ls), or declare another effect',
  },
  neverHappened: {
    breaks: `${UNDER_WAY}: their flow waits for what was recorded before`,
    todo: 'let the flow hear both events, and deploy that first',
  },
  undoes: {
    breaks: 'flows that are cancelled: what took it back does so no more',
    todo: 'keep what undoes it until the flows that rely on it have ended',
  },
  retriable: {
    breaks: 'flows that are cancelled after it: nothing says what becomes of it',
    todo: 'say what undoes it',
  },
};

function ruleChanges(old: EffectRule, now: EffectRule): Said[] {
  const parts = [
    'after',
    'dependency',
    'steps',
    'timeoutMs',
    'repeat',
    'retry',
    'neverHappened',
    'undoes',
    'retriable',
  ];
  return (parts as (keyof EffectRule)[]).flatMap((part): Said[] => {
    const [was, is] = [old[part], now[part]];
    if (same(was, is)) return [];
    const what = `the rule's ${part} is ${shown(is)} and was ${shown(was)}`;
    const broken = PARTS[part];
    const added = was === undefined; // nobody relied on it
    return [broken && !added ? { what, breaks: [broken.breaks], todo: broken.todo } : { what, breaks: [] }];
  });
}

type Failures = Readonly<Record<string, FailureRule>>;
const recordedBy = (rule: FailureRule): string => (rule.class === 'rejected' ? rule.records : rule.givingUp);

function failureChanges(was: Failures, is: Failures): Said[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((name): Said[] => {
    const [old, now] = [was[name], is[name]];
    if (!old) return [{ what: `the failure ${name} is new`, breaks: [] }];
    if (!now)
      return [
        {
          what: `the failure ${name} is gone`,
          breaks: [`${UNDER_WAY} that failed so: it counts as a defect now`],
          todo: 'keep it until none of them is open',
        },
      ];
    if (same(old, now)) return [];
    const what = `the failure ${name} is ${told(now)} and was ${told(old)}`;
    const breaks = [
      ...(old.happened === 'unknown' && now.happened === 'no'
        ? [`${UNDER_WAY}: what may have happened is taken for what did not, and may be done twice`]
        : []),
      ...(recordedBy(old) === recordedBy(now)
        ? []
        : [`who waits for ${recordedBy(old)}: it is ${recordedBy(now)} now`]),
    ];
    return [{ what, breaks, ...(breaks.length > 0 && { todo: 'give what is new a name of its own' }) }];
  });
}

const told = (rule: FailureRule): string =>
  `${rule.class}, happened ${rule.happened}, records ${recordedBy(rule)}`;
