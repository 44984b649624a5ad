import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { integer } from '../options.ts';
import { Desks } from '../operator/desks.ts';
import { idOf, saidOf, saidOptions } from '../operator/options.ts';
import { tellSpoken, tellUnknown } from '../operator/telling.ts';
import { operationAt, sayVerdict } from '../operator/words.ts';
import { findShop } from '../shop-at.ts';

export const command = defineCommand({
  name: 'verdict',
  summary: 'Says what came of an operation whose outcome nobody else can know: did it happen, or not?',
  operands: '<operationId> happened|not-happened',
  operandCount: { min: 2, max: 2 },
  options: {
    ...saidOptions,
    attempt: integer('N', 'the attempt it is about (the last one on record)', { min: 0, max: 1_000_000 }),
  },
  notes: [
    'happened: its success is recorded. not-happened: it is recorded as never happened, or attempted again.',
    'It cannot be taken back. Look first: npx refrain why <operationId>.',
    'After a lost answer say it again with --attempt and the number that was shown.',
  ],
  async run({ options, operands, env, out }) {
    const id = idOf('verdict', '<operationId>', operands[0]);
    const [, what = ''] = operands;
    if (what !== 'happened' && what !== 'not-happened')
      throw new UsageError(
        `refrain verdict: expected happened or not-happened, found "${what}". Nothing was done.`,
      );
    const said = saidOf('verdict', options);
    const desks = new Desks(findShop(env));
    const seen = await operationAt(desks, id);
    if (seen?.kind !== 'done') return tellUnknown(desks, out, 'operation', id);
    const { service, attempts } = seen.value;
    const attempt = options.attempt ?? attempts;
    out.note(`About attempt ${attempt} of ${seen.value.effect}, ${service} ${seen.value.entity}.`);
    const word = { ...said, happened: what === 'happened', attempt };
    return tellSpoken(await sayVerdict(desks, { service, id }, word), out, id);
  },
});
