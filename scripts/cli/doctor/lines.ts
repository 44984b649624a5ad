import { table } from '../output.ts';
import { type Check, checks, type Diagnosis, type Finding } from './findings.ts';

/** Most findings of one check for a person; `--json` has all of them. */
const shownMax = 10;

/** The diagnosis for a person: each check, then what was found, what to know, what could not be asked. */
export function linesOf({ findings, notes, unasked }: Diagnosis): string[] {
  const names = Object.keys(checks) as Check[];
  const count = (check: Check): number => findings.filter((finding) => finding.check === check).length;
  const mark = (check: Check): string => (count(check) === 0 ? 'ok' : `${count(check)} found`);
  const promise = (check: Check): string => (count(check) === 0 ? checks[check] : 'see below');
  return [
    ...table(names.map((check) => [`  ${mark(check)}`, check, promise(check)])),
    ...names.flatMap((check) => listed(findings.filter((finding) => finding.check === check))),
    ...notes
      .slice(0, shownMax)
      .flatMap(({ about, found, means, todo }) => [
        '',
        `note: ${about}: ${found}`,
        `  ${means}`,
        ...(todo === 'nothing' ? [] : [`  to do: ${todo}`]),
      ]),
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
