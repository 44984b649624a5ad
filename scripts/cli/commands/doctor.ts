import { defineCommand } from '../command.ts';
import { checks } from '../doctor/findings.ts';
import { examine } from '../doctor/examine.ts';
import { linesOf } from '../doctor/lines.ts';
import { exit } from '../errors.ts';
import { findShop } from '../shop-at.ts';

export const command = defineCommand({
  name: 'doctor',
  summary:
    'Looks at the running shop from all sides: what is not as it should be, what it means, what to do.',
  operands: '',
  options: {},
  notes: [
    'It changes nothing, and works while parts of the shop are down: what could not be asked is told.',
    'Exit code 1: there is a finding.',
    '',
    'It looks whether',
    ...Object.values(checks).map((promise) => `  ${promise}`),
  ],
  async run({ env, out }) {
    const diagnosis = await examine(findShop(env), out.progress);
    for (const line of linesOf(diagnosis)) out.line(line);
    out.document(diagnosis);
    return diagnosis.healthy ? exit.fine : exit.finding;
  },
});
