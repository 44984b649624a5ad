import { isSource, isTest, type TreeFile } from './tree.ts';

const functionLinesMax = 60;

/** Functions that were longer when the rule came, with their length then. They may shrink, none may grow. */
const ratchet: Readonly<Record<string, number>> = {
  'scripts/cli/supervisor/supervised-child.ts superviseChild': 72,
  'scripts/cli/supervisor/supervisor.ts createSupervisor': 72,
  'services/orders/read-model-generation.ts openGeneration': 71,
  'services/payments/gateway.fake.ts fakeProvider': 79,
  'services/payments/gateway.stripe.ts stripeGateway': 91,
  'shared/testing/event-log-suite-append.ts appendSuite': 109,
  'shared/testing/event-log-suite-delivery.ts deliverySuite': 152,
  'shared/testing/event-log-suite-read.ts readSuite': 88,
  'test/chaos/killable-shop.ts startKillableShop': 80,
};

/** Where a function's body begins. The code is formatted, so its end is the next `}` as far in. */
const opening = /^(\s*)(?!(?:\} )?(?:if|for|while|switch|catch|else|with)\b).*(?:=>|\)(?:: .+)?) \{$/;
const name = /(?:function\*? |const |get |set |async |static )*(#?\w+) ?(?:[(<=:]|$)/;

interface FunctionBody {
  readonly name: string;
  readonly lines: number;
}

function functionsOf(text: string): FunctionBody[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const [, indent] = opening.exec(line) ?? [];
    if (indent === undefined) return [];
    const end = lines.findIndex((other, j) => j > i && other.startsWith(`${indent}}`));
    if (end < 0) return [];
    // Parameters on lines of their own: the name stands where they began.
    const head = [')', '}'].some((close) => line.startsWith(`${indent}${close}`))
      ? (lines.slice(0, i).findLast((other) => new RegExp(`^${indent}[^\\s)}]`).test(other)) ?? line)
      : line;
    const words = head.trim().replace(/^(?:export |default |async |public |return )+/, '');
    return [{ name: name.exec(words)?.[1] ?? words, lines: end - i + 1 }];
  });
}

/** A function that does not fit a screen does more than its name says. */
export function longFunctions({ path, text }: TreeFile, allowed = ratchet): string[] {
  if (!isSource(path) || isTest(path) || path.endsWith('.fixture.ts')) return [];
  return functionsOf(text).flatMap(({ name: of, lines }) =>
    lines > (allowed[`${path} ${of}`] ?? functionLinesMax)
      ? [`${path}: ${of} has ${lines} lines; at most ${functionLinesMax}. Split it by what it does`]
      : [],
  );
}
