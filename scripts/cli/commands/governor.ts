import type { Pin } from '@refrain/governor';
import { type Context, defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { type GovernorAnswer, GovernorClient } from '../governor/governor-client.ts';
import { historyLines, isSpeaking, policyLines, statusLines } from '../governor/lines.ts';
import { editedPolicy } from '../governor/policy-edit.ts';
import { idOf, saidOf, saidOptions } from '../operator/options.ts';
import { integer, type Option } from '../options.ts';
import type { Output } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { commandGroup } from '../subcommands.ts';

const monthS = 2_592_000;
const oneDependency = { operands: '<dependency>', operandCount: { min: 1, max: 1 } } as const;
const forS = integer('SECONDS', 'until then (until it is released)', { min: 1, max: monthS });

/** Calls may go at less than one a second. */
const rate: Option<number | undefined> = {
  placeholder: 'R',
  help: 'calls per second of all instances together, such as 5 or 0.5; required',
  read: (typed) => {
    if (typed.length === 0) return undefined;
    const value = Number(typed[0]);
    if (typed.length === 1 && typed[0]?.trim() !== '' && value > 0 && value <= 1_000_000) return value;
    throw new UsageError(`expected once a number above 0 and at most 1000000, found "${typed.join(' ')}"`);
  },
};

const status = defineCommand({
  name: 'governor status',
  summary: 'What the governor says of each dependency, since when and why; pins, budgets, who speaks.',
  operands: '',
  options: {},
  notes: ['Exit code 1: nobody speaks. Instances then keep to what they may do alone.'],
  async run({ env, out }) {
    const seen = await new GovernorClient(findShop(env)).status();
    for (const line of statusLines(seen, Date.now())) out.line(line);
    out.document(seen);
    return isSpeaking(seen) ? exit.fine : exit.finding;
  },
});

interface PinOptions {
  readonly by: string | undefined;
  readonly why: string | undefined;
  readonly for: number | undefined;
}

/** Pins a word, and says until when. */
async function pin(
  command: string,
  { options, operands, env, out }: Pick<Context, 'operands' | 'env' | 'out'> & { options: PinOptions },
  word: Pick<Pin, 'kind' | 'rate'>,
): Promise<number> {
  const dependency = idOf(command, oneDependency.operands, operands[0]);
  const asked = { ...saidOf(command, options), ...word, forS: options.for };
  const answer = await new GovernorClient(findShop(env)).pin(dependency, asked);
  return tell(answer, out, ({ pin: { kind, until } }) => {
    const end = until === undefined ? 'until it is released' : `until ${new Date(until).toISOString()}`;
    return [`${dependency} is pinned ${kind} ${end}. Instances hear it within a second or two.`];
  });
}

/** What was done goes to stdout, what was refused is a finding. */
function tell<T>(answer: GovernorAnswer<T>, out: Output, lines: (done: T) => readonly string[]): number {
  if ('done' in answer) {
    for (const line of lines(answer.done)) out.line(line);
    out.document(answer.done);
    return exit.fine;
  }
  out.note(answer.refused);
  out.document({ error: { code: 'FINDING', message: answer.refused, exit: exit.finding } });
  return exit.finding;
}

const suppress = defineCommand({
  name: 'governor suppress',
  summary: 'Lets no call to a dependency go, also no first attempt. What comes up waits.',
  ...oneDependency,
  options: { for: forS, ...saidOptions },
  run: async (context) => await pin('governor suppress', context, { kind: 'suppressed' }),
});

const throttle = defineCommand({
  name: 'governor throttle',
  summary: 'Lets calls to a dependency go at a rate, first attempts before retries.',
  ...oneDependency,
  options: { rate, for: forS, ...saidOptions },
  run: async (context) => {
    const { rate: perSecond } = context.options;
    if (perSecond === undefined)
      throw new UsageError('refrain governor throttle: --rate expects R, found nothing. Nothing was done.');
    return await pin('governor throttle', context, { kind: 'throttled', rate: perSecond });
  },
});

const open = defineCommand({
  name: 'governor open',
  summary: 'Lets calls go whatever the governor thinks of the dependency. Retries stay within the budget.',
  ...oneDependency,
  options: { for: forS, ...saidOptions },
  run: async (context) => await pin('governor open', context, { kind: 'open' }),
});

const release = defineCommand({
  name: 'governor release',
  summary: 'Ends what a person pinned: the governor decides again.',
  ...oneDependency,
  options: saidOptions,
  async run({ options, operands, env, out }) {
    const dependency = idOf('governor release', oneDependency.operands, operands[0]);
    const said = saidOf('governor release', options);
    const answer = await new GovernorClient(findShop(env)).release(dependency, said);
    return tell(answer, out, () => [`${dependency} is pinned no longer. The governor decides.`]);
  },
});

const history = defineCommand({
  name: 'governor history',
  summary: 'What became different about a dependency: words, pins, releases, each with its reason.',
  ...oneDependency,
  options: {},
  async run({ operands, env, out }) {
    const dependency = idOf('governor history', oneDependency.operands, operands[0]);
    const answer = await new GovernorClient(findShop(env)).history(dependency);
    return tell(answer, out, (changes) =>
      changes.length > 0 ? historyLines(changes) : [`Nothing has changed about ${dependency} yet.`],
    );
  },
});

const policyShow = defineCommand({
  name: 'governor policy show',
  summary: 'The policy that holds: every value, who set it, when and why.',
  operands: '',
  options: {},
  async run({ env, out }) {
    const stored = await new GovernorClient(findShop(env)).policy();
    for (const line of policyLines(stored)) out.line(line);
    out.document(stored);
    return exit.fine;
  },
});

const policySet = defineCommand({
  name: 'governor policy set',
  summary:
    'Sets another policy, from a JSON file or value by value. It holds within a second, without a restart.',
  operands: '<file | key=value…>',
  operandCount: { min: 1, max: 64 },
  options: saidOptions,
  notes: ['refrain governor policy set budget.more=4 failures.throttle=0.3 --why "the provider is small"'],
  async run({ options, operands, env, out }) {
    const said = saidOf('governor policy set', options);
    const client = new GovernorClient(findShop(env));
    const { version, policy: current } = await client.policy();
    const policy = editedPolicy(current, operands);
    return tell(await client.setPolicy({ ...said, version, policy }), out, policyLines);
  },
});

const policy = commandGroup({
  name: 'governor policy',
  summary: 'When the governor warns, throttles and suppresses, and how much is allowed.',
  subcommands: [policyShow, policySet],
});

export const command = commandGroup({
  name: 'governor',
  summary: 'Shows what the governor says of each dependency, and lets a person say otherwise.',
  subcommands: [status, suppress, throttle, open, release, history, policy],
});
