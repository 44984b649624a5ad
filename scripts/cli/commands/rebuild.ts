import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { refuseLater } from '../later-services.ts';
import { integerOr } from '../options.ts';
import { instancesOf, type Rebuilt, rebuildAll } from '../operator/rebuilding.ts';
import { table } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { serviceNames } from '../supervisor/found-services.ts';

export const command = defineCommand({
  name: 'rebuild',
  summary: 'Builds the read models of a service anew from its log, in every instance, while they answer.',
  operands: '<service>',
  operandCount: { min: 1, max: 1 },
  options: {
    waitS: integerOr('N', 'how long to wait for it, in seconds; 0 only begins it', 600, {
      min: 0,
      max: 86_400,
    }),
  },
  notes: [
    'What is there answers until the new one has read all of the log. An instance that is killed meanwhile',
    'goes on where it was; so does a second rebuild. Exit code 1: it was not done in the time given.',
  ],
  async run({ options, operands: [service = ''], env, out }) {
    if (!serviceNames.includes(service))
      throw new UsageError(
        `refrain rebuild: unknown service "${service}", expected one of ${serviceNames.join(', ')}. Nothing was done.`,
      );
    refuseLater('rebuild', [service], findShop(env));
    const instances = (): ReturnType<typeof instancesOf> => instancesOf(findShop(env), service);
    const rebuilt = await rebuildAll(instances, { waitMs: options.waitS * 1_000, onProgress: out.progress });
    out.progress('');
    if (rebuilt.every(({ models }) => models.length === 0))
      throw new UsageError(`refrain rebuild: ${service} has no read models. Nothing was done.`);
    for (const line of linesOf(rebuilt)) out.line(line);
    out.document({ service, instances: rebuilt });
    const isOpen = rebuilt.some(({ models }) => models.some(({ building }) => building !== undefined));
    return isOpen && options.waitS > 0 ? exit.finding : exit.fine;
  },
});

const linesOf = (rebuilt: readonly Rebuilt[]): string[] =>
  table(
    rebuilt.flatMap(({ instance, models }) =>
      models.map(({ name, building }) => [
        instance,
        name,
        building ? `is being built: ${building.read} read, ${building.behind} left` : 'is built anew',
      ]),
    ),
  );
