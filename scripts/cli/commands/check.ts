import { checkChoreography } from '@refrain/checking';
import { keepNames, shopServices } from '../../choreography/shop-services.ts';
import { shopWorld } from '../../choreography/shop-world.ts';
import { isSound, linesOf } from '../../choreography/lines.ts';
import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { integerOr, onOff } from '../options.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

export const command = defineCommand({
  name: 'check',
  summary:
    'Looks for faults of the choreography: what leads nowhere, and which order of events breaks a promise.',
  operands: '',
  options: {
    seconds: integerOr('S', 'how long orders of events are tried', 20, { min: 1, max: 86_400 }),
    states: integerOr('N', 'most states that one bound keeps, about 250 bytes each', 2_000_000, {
      min: 1_000,
      max: 50_000_000,
    }),
    keepNames: onOff('adds the names that are not in contract/names.json yet; changes nothing else'),
  },
  notes: [
    'It needs no running shop: contracts, reactions and the real deciders are all it looks at.',
    'Exit code 1: a finding or a counterexample.',
  ],
  async run({ options: { seconds, states, keepNames: keeps }, out }) {
    if (keeps) for (const name of keepNames(shopDefinitions())) out.note(`kept: ${name}`);
    const report = await checkChoreography(shopServices(), shopWorld, {
      seconds,
      states,
      now: () => performance.now(),
      onProgress: (bound, seen, depth) => out.progress(`${bound}: ${seen} states, depth ${depth}`),
    });
    out.progress('');
    for (const line of linesOf(report)) out.line(line);
    out.document(report);
    return isSound(report) ? exit.fine : exit.finding;
  },
});
