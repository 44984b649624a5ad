import { defineCommand } from '../command.ts';
import { type Check, checks, type Diagnosis, type Finding } from '../doctor/findings.ts';
import { examine } from '../doctor/examine.ts';
import { exit } from '../errors.ts';
import { table } from '../output.ts';
import { findShop } from '../shop-at.ts';

/** Most findings of one check for a person; `--json` has all of them. */
const shownMax = 10;

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

function linesOf({ findings, notes, unasked }: Diagnosis): string[] {
  const names = Object.keys(checks) as Check[];
  const count = (check: Check): number => findings.filter((finding) => finding.check === check).length;
  const mark = (check: Check): string => (count(check) === 0 ? 'ok' : `${count(check)} found`);
  return [
    ...table(names.map((check) => [`  ${mark(check)}`, check, checks[check]])),
    ...names.flatMap((check) => listed(findings.filter((finding) => finding.check === check))),
    ...notes
      .slice(0, shownMax)
      .flatMap(({ about, found, means }) => ['', `note: ${about}: ${found}`, `  ${means}`]),
    ...(unasked.length === 0 ? [] : ['', 'could not be asked:']),
    ...unasked.map(({ what, why }) => `  ${what}: ${why}`),
    '',
    findings.length === 0 ? 'nothing found' : `${findings.length} found`,
  ];
}

function listed(findings: readonly Finding[]): string[] {
  const more = findings.length - shownMax;
  return [
    ...findings
      .slice(0, shownMax)
      .flatMap(({ about, found, means, todo }) => [
        '',
        `${about}: ${found}`,
        `  it means: ${means}`,
        `  to do:    ${todo}`,
      ]),
    ...(more > 0 ? [`and ${more} more: --json lists them`] : []),
  ];
}
