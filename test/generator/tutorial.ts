import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/tree.ts';

/** A file that the reader writes, or commands that the reader types. */
export type Step = { readonly file: string; readonly text: string } | { readonly commands: string };

const block = /(?:<!-- file: (\S+) -->\n)?```(\w+)\n([\s\S]*?)```/g;

/** What a page has its reader do, in order. A block that is neither a file nor commands is a mistake. */
export function stepsIn(page: string): Step[] {
  return [...page.matchAll(block)].map(([, file, language, text = '']) => {
    if (file !== undefined) return { file, text };
    if (language === 'sh') return { commands: text };
    throw new Error(`a block of ${language} is neither a file nor commands: ${text.slice(0, 60)}`);
  });
}

/** For a person's terminals: `npm start` ends the shop that runs and waits until the next is ready. */
const terminal = `set -eo pipefail
npx() { local tool=$1; shift; case $tool in
  refrain) "$NODE" scripts/refrain.mjs "$@";;
  vitest) "$NODE" node_modules/vitest/vitest.mjs "$@" --project unit;;
  *) echo "unknown: npx $tool"; exit 1;; esac; }
node() { "$NODE" "$@"; }
npm() {
  [ "$*" = start ] || { echo "unknown: npm $*"; exit 1; }
  if [ -n "$shop" ]; then kill -INT $shop; wait $shop || true; fi
  "$NODE" scripts/refrain.mjs up --port-base $PORT_BASE > .cache/up.log 2>&1 & shop=$!
  until grep -q 'Ctrl-C ends it' .cache/up.log; do
    kill -0 $shop || { cat .cache/up.log; exit 1; }
    sleep 0.2
  done
}
settle() {
  for _ in $(seq $(($1 * 4))); do
    sleep 0.5
    if [ -n "$DECLINED" ]; then
      curl -s http://127.0.0.1:4400 | grep -q '"cancel"[^}]*'$DECLINED && return
      npx refrain state shipping shipment/$DECLINED | grep -q '"status": "unwanted"' && return
    else
      curl -s http://127.0.0.1:4400 | grep -q "\${FAILED:-$ORDER}" && return
    fi
  done
  return 0
}
trap 'kill $carrier $shop 2> /dev/null; wait' EXIT
`;

/** One script of all commands, each block behind a line of its number, all of it on ports of its own. */
export function scriptOf(steps: readonly Step[], carrierPort: number): string {
  const typed = steps.map((step, number) => {
    if ('file' in step) return `cat > ${step.file} << 'END OF FILE'\n${step.text}END OF FILE\n`;
    const started = step.commands.replace(
      /^node \.cache\/carrier\.mjs$/m,
      '"$NODE" .cache/carrier.mjs & carrier=$!; sleep 0.5',
    );
    // A busy machine takes longer than the reader's; another one need not wait until the van is booked.
    const slower = started.replaceAll(/^sleep (\d+)$/gm, (_, seconds: string) => `settle ${seconds}`);
    return `echo '### ${number}'\n${slower}`;
  });
  return [terminal, ...typed].join('\n').replaceAll('4400', String(carrierPort));
}

export const tutorial = (): string => readFileSync(join(root, 'docs/tutorial.md'), 'utf8');
