import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { tellLeftOut } from '../guests/left-out.ts';
import { idOf } from '../operator/options.ts';
import { findShop } from '../shop-at.ts';
import { withShopLog } from '../shop-log/open.ts';
import { findOperation } from '../why/find.ts';
import { linesOf, storyOf } from '../why/story.ts';
import { missingIdHint } from '../cut-id.ts';

export const command = defineCommand({
  name: 'why',
  summary: 'Explains an operation from the log alone: every attempt, every delay and its reason, every word.',
  operands: '<operationId>',
  operandCount: { min: 1, max: 1 },
  options: {},
  notes: ['It reads whole logs to find the operation: seconds for some 100,000 orders.'],
  async run({ operands, env, out }) {
    const id = idOf('why', '<operationId>', operands[0]);
    const found = await withShopLog(findShop(env), async (log) => await findOperation(log, id, out.progress));
    out.progress('');
    if (!found) {
      const hint = missingIdHint(id) || ` Of an order, npx refrain trace ${id} tells.`;
      out.note(`The log knows no operation ${id}.${hint}`);
      tellLeftOut(out, env, 'Their logs were not searched.');
      out.document({
        error: { code: 'FINDING', message: `the log knows no operation ${id}`, exit: exit.finding },
      });
      return exit.finding;
    }
    const story = storyOf(found, id, Date.now());
    for (const line of linesOf(story)) out.line(line);
    out.document(story);
    return exit.fine;
  },
});
