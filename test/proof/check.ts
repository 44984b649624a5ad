import { checkChoreography, type CheckReport } from '@refrain/checking';
import { isSound, linesOf } from '../../scripts/choreography/lines.ts';
import { shopServices } from '../../scripts/choreography/shop-services.ts';
import { shopWorld } from '../../scripts/choreography/shop-world.ts';

/** How long every order of events is tried, in seconds, and how many states one bound may keep. */
const SECONDS = 90;
const STATES = 4_000_000;

/** So many states, at least, must have been tried to the last one. */
const STATES_MIN = 100_000;

/** `npx refrain check` for longer, and with something to say where too little was tried. */
export async function check(say: (text: string) => void): Promise<{ report: CheckReport; ok: boolean }> {
  let told = '';
  const report = await checkChoreography(shopServices(), shopWorld, {
    seconds: SECONDS,
    states: STATES,
    now: () => performance.now(),
    onProgress: (bound) => {
      if (bound !== told) say(`tries ${bound}`);
      told = bound;
    },
  });
  for (const line of linesOf(report)) say(line);
  const { largest, judged } = report;
  const tooFew = (largest?.states ?? 0) < STATES_MIN;
  if (tooFew) say(`  BROKEN  no bound of ${STATES_MIN} states was exhausted in ${SECONDS} s`);
  return { report, ok: isSound(report) && judged && !tooFew };
}
