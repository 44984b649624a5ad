import type { Change } from './changes.ts';
import type { Deployment } from './deployment.ts';
import { plural } from '../cli/plural.ts';

/** A change in one line. */
export const lineOf = ({ where, what }: Change): string => `${where}: ${what}`;

/** What differs, whom it breaks, and in which order to deploy, for a person. No order helps what breaks. */
export function linesOf(changes: readonly Change[], order: readonly Deployment[]): string[] {
  if (changes.length === 0) return ['The contracts are as they were accepted.'];
  const breaking = changes.filter(({ breaks }) => breaks.length > 0);
  const told = changes.flatMap((change) => [
    `${change.breaks.length > 0 ? 'BREAKS ' : 'changes'}  ${lineOf(change)}`,
    ...change.breaks.map((who) => `  breaks   ${who}`),
    ...(change.todo === undefined ? [] : [`  to do    ${change.todo}`]),
  ]);
  const broken = breaking.length > 0;
  const steps = (broken ? [] : order).map(
    ({ services, why }, i) => `  ${i + 1}. ${services.join(', ')}: ${why}`,
  );
  return [
    ...told,
    ...(steps.length > 0 ? ['order of deployment:', ...steps] : []),
    ...(broken ? ['No order of deployment helps: mend what breaks first, or accept it with a reason.'] : []),
    `${plural(changes.length, 'change')}, ${plural(breaking.length, 'of them breaks', 'of them break')} somebody`,
  ];
}
