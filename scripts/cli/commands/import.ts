import { statSync } from 'node:fs';
import { takeOverShop } from '../archive/hold.ts';
import { type CheckedArchive, checkArchive, type ImportResult } from '../archive/import-logs.ts';
import { importInto } from '../archive/import-shop.ts';
import { stepsAfterImport } from '../archive/next-steps.ts';
import { type Context, defineCommand } from '../command.ts';
import { readConfig } from '../config.ts';
import { exit, UsageError } from '../errors.ts';
import { saidOf, saidOptions } from '../operator/options.ts';
import { integer, integerOr, onOff } from '../options.ts';
import { findShop } from '../shop-at.ts';
import { serviceNames } from '../supervisor/found-services.ts';
import { prepareShop } from '../supervisor/shop.ts';
import { endOnSignals } from '../supervisor/signals.ts';
import { createTerminal } from '../supervisor/terminal.ts';
import { plural } from '../plural.ts';
import { typedFor } from '../typed-command.ts';

const options = {
  takeOver: onOff(
    'the other platform is off: let the services of this one, which runs, call whom they have to',
  ),
  ...saidOptions,
  nodes: integerOr('N', 'nodes of the broker, as `up` is started with', 1, { min: 1, max: 3 }),
  portBase: integer('N', 'move all ports (4000)', { min: 1024, max: 65_500 }),
};

export const command = defineCommand({
  name: 'import',
  summary: 'Fills an empty platform from an exported file. Its services call nobody before --take-over.',
  operands: '<file>, or --take-over',
  operandCount: { min: 0, max: 1 },
  options,
  notes: [
    'No shop may run in the data folder: the import starts the broker, and ends it. Then start it with `npm start`.',
    'The whole file is checked before anything is written. Broken off, run it again: it goes on.',
    'Ids, positions and times are those of the file, so every repeat is known as one.',
    'End the other platform before --take-over: two that call for the same operations are two that pay.',
  ],
  async run(context) {
    const [file] = context.operands;
    if (context.options.takeOver) return await takeOver(file, context);
    if (file === undefined)
      throw new UsageError(
        'refrain import: expected <file> or --take-over, found nothing. Nothing was done.',
      );
    return await importFile(file, context);
  },
});

type Asked = Pick<Context<typeof options>, 'options' | 'env' | 'out'>;

async function takeOver(file: string | undefined, { options: asked, env, out }: Asked): Promise<number> {
  if (file !== undefined)
    throw new UsageError('refrain import: --take-over takes no file. Nothing was done.');
  const said = saidOf('import', asked);
  const done = await takeOverShop(findShop(env), said);
  out.line(
    done.again
      ? `taken over before, by ${done.imported.by}: nothing was done`
      : 'taken over: the services do within a second what is open',
  );
  out.document(done);
  return exit.fine;
}

async function importFile(file: string, { options: asked, env, out }: Asked): Promise<number> {
  if (asked.why !== undefined || asked.by !== undefined)
    throw new UsageError('refrain import: --by and --why belong to --take-over. Nothing was done.');
  if (asked.nodes === 2)
    throw new UsageError('refrain import: --nodes: expected 1 or 3, found 2. Nothing was done.');
  const config = readConfig({ env, flags: asked });
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`refrain import: ${file} is no file. Nothing was written.`);
  const archive = await checkArchive(file, serviceNames, out.progress);
  let result: ImportResult | undefined;
  const shop = await prepareShop({
    only: [],
    instances: {},
    nodes: asked.nodes === 3 ? 3 : 1,
    config,
    fresh: false,
    terminal: createTerminal({ write: () => true, colour: false }),
    afterBroker: async (broker, plan) => {
      result = await importInto(broker, { plan, archive, onProgress: out.progress });
    },
  });
  const ended = endOnSignals(shop, out.note);
  try {
    await Promise.race([shop.start(), ended.done]);
  } finally {
    await shop.stop();
    shop.release();
  }
  const code = tell(archive, result, out);
  const typed = typedFor(config.dataFolder);
  const told = { ...asked, isForeign: config.natsUrl !== undefined, typed };
  if (result && !result.takenOver) for (const line of stepsAfterImport(told)) out.line(line);
  return code;
}

function tell(archive: CheckedArchive, result: ImportResult | undefined, out: Asked['out']): number {
  if (!result) {
    out.note('Broken off. Run the same again: it goes on.');
    return exit.finding;
  }
  const { platformId, positions, events, sha256, messages } = archive;
  const before = result.before > 0 ? `, of which ${result.before} messages were there` : '';
  out.line(
    result.again
      ? 'this very archive was imported before: nothing was written'
      : `imported ${plural(events, 'event')} in ${plural(messages, 'message')}${before}; platform ${platformId}`,
  );
  out.document({ platformId, positions, events, messages, sha256, ...result });
  return exit.fine;
}
