import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { onOff, text } from '../options.ts';
import { Desks } from '../operator/desks.ts';
import { idOf, saidOf, saidOptions } from '../operator/options.ts';
import { linesOf, redriveAll } from '../operator/redriving.ts';
import { codeOf, tellSpoken, tellUnknown } from '../operator/telling.ts';
import { letterView } from '../operator/views.ts';
import { sayResolved } from '../operator/words.ts';
import { table } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { commandGroup } from '../subcommands.ts';
import { plural } from '../plural.ts';

const ls = defineCommand({
  name: 'dead-letters ls',
  summary: 'What nobody could decide, grouped by reaction and error. Exit code 1 if there is any.',
  operands: '',
  options: {
    group: text('G', 'only those of one group, each of them'),
    flow: text('ID', 'only those of one order, each of them'),
  },
  async run({ options: { group, flow }, env, out }) {
    const desks = new Desks(findShop(env));
    const query = new URLSearchParams({ ...(group && { group }), ...(flow && { flow }) }).toString();
    const lists = desks.services.map((s) => desks.all(s, `dead-letters${query && `?${query}`}`, letterView));
    const letters = (await Promise.all(lists)).flat();
    const groups = Map.groupBy(letters, ({ service, group: name }) => `${service} ${name}`);
    for (const [name, members] of groups) {
      const [first] = members;
      out.line(`group ${name}: ${members.length} x "${first?.reaction}": ${first?.error}`);
      const shown = query === '' ? members.slice(0, 3) : members;
      for (const row of table(shown.map((it) => [it.id, it.entity, `since ${it.at}`, stateOf(it)])))
        out.line(`  ${row}`);
      if (shown.length < members.length) out.line(`  and ${members.length - shown.length} more`);
    }
    out.line(letters.length === 0 ? 'No dead letters.' : `${plural(letters.length, 'dead letter')}.`);
    out.document({ deadLetters: letters, missing: desks.missing });
    return codeOf(desks, out, letters.length === 0 ? exit.fine : exit.finding);
  },
});

function stateOf({ redriven, redrivable }: { redriven?: unknown; redrivable: boolean }): string {
  if (redriven !== undefined) return 'driven again, not decided yet';
  return redrivable ? '' : 'cannot be driven again';
}

const show = defineCommand({
  name: 'dead-letters show',
  summary: 'One dead letter: what was to be decided, for whom, why it was not.',
  operands: '<id>',
  operandCount: { min: 1, max: 1 },
  options: {},
  async run({ operands, env, out }) {
    const id = idOf('dead-letters show', '<id>', operands[0]);
    const desks = new Desks(findShop(env));
    const found = await desks.firstOf((service) => desks.get(service, `dead-letters/${id}`, letterView));
    if (found?.kind !== 'done') return tellUnknown(desks, out, 'dead letter', id);
    const { event, ...letter } = found.value;
    for (const line of table(Object.entries(letter).map(([key, value]) => [key, textOf(value)])))
      out.line(line);
    if (event !== undefined) out.line(JSON.stringify(event, undefined, 2));
    out.document(found.value);
    return exit.fine;
  },
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const redrive = defineCommand({
  name: 'dead-letters redrive',
  summary: 'Decides them again by today’s code, under the same causes and ids: what is done stays done.',
  operands: '[<id…>|all]',
  operandCount: { min: 0, max: 200 },
  options: {
    ...saidOptions,
    dryRun: onOff('only says what would come of it now; records nothing, and needs no --why'),
    group: text('G', 'all of one group'),
    flow: text('ID', 'all of one order'),
  },
  notes: ['Exit code 1: some are, or would be, dead letters again, or were refused.'],
  async run({ options, operands, env, out }) {
    const { dryRun, group, flow } = options;
    const why = options.why ?? (dryRun ? 'a dry run' : undefined);
    const said = saidOf('dead-letters redrive', { by: options.by, why });
    const chosen = [
      ...(operands.length > 0 ? [operands.includes('all') ? { all: true } : { ids: operands }] : []),
      ...(group === undefined ? [] : [{ group }]),
      ...(flow === undefined ? [] : [{ flow }]),
    ];
    const [selection, ...others] = chosen;
    if (!selection || others.length > 0 || (operands.includes('all') && operands.length > 1))
      throw new UsageError(
        'refrain dead-letters redrive: expected one of <id…>, all, --group and --flow. Nothing was done.',
      );
    for (const operand of operands) idOf('dead-letters redrive', '<id…> or all', operand);
    const desks = new Desks(findShop(env));
    const report = await redriveAll(desks, { ...said, ...(dryRun && { dryRun }) }, selection, out.progress);
    for (const line of linesOf(report)) out.line(line);
    out.document({ ...report, missing: desks.missing });
    const bad = report.failed + report.refused.length + report.unknown.length;
    return codeOf(desks, out, bad > 0 ? exit.finding : exit.fine);
  },
});

const resolve = defineCommand({
  name: 'dead-letters resolve',
  summary: 'A person has seen to it otherwise: it is not decided any more, whatever is delivered again.',
  operands: '<id>',
  operandCount: { min: 1, max: 1 },
  options: saidOptions,
  async run({ options, operands, env, out }) {
    const id = idOf('dead-letters resolve', '<id>', operands[0]);
    const said = saidOf('dead-letters resolve', options);
    const desks = new Desks(findShop(env));
    const answer = await sayResolved(desks, id, said);
    return answer ? tellSpoken(answer, out, id) : tellUnknown(desks, out, 'dead letter', id);
  },
});

export const command = commandGroup({
  name: 'dead-letters',
  summary: 'What nobody could decide: list it, try it with today’s code, drive it again, or resolve it.',
  subcommands: [ls, show, redrive, resolve],
});
