import { exportShop, checkTarget } from '../archive/export-shop.ts';
import { lacksSome, leftOutLines, leftOutOf } from '../archive/left-out-logs.ts';
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { guestsOf } from '../guests/guest-list.ts';
import { laterServices, refuseLater, startedServices, tellLater } from '../later-services.ts';
import { list } from '../options.ts';
import { findShop } from '../shop-at.ts';
import { serviceNames } from '../supervisor/found-services.ts';
import { plural } from '../plural.ts';

export const command = defineCommand({
  name: 'export',
  summary: 'Writes the logs to a file, one CloudEvent a line: to keep, to read, to import elsewhere.',
  operands: '<file>',
  operandCount: { min: 1, max: 1 },
  options: {
    service: list(
      'a,b',
      'the logs of these services only; such a file is to read, it cannot be imported (all)',
    ),
  },
  notes: [
    'The shop may run on: the logs are cut so that no event lies in the file without its cause.',
    'The same logs give the same file, byte for byte. Its last line has the sha256 of all before.',
    'The file holds what the logs hold, also customers’ addresses. Only its owner may read it.',
    'Pins and the policy of the governor are no part of it. Nor are the logs of guests: such a file is refused by import.',
    'Exit code 1: the file was written, and the broker holds events that are not in it. Who names all with --service',
    'has said so: exit code 0.',
  ],
  async run({ options, operands: [file = ''], env, out }) {
    const unknown = options.service.filter((name) => !serviceNames.includes(name));
    if (unknown.length > 0)
      throw new UsageError(
        `refrain export: unknown service "${unknown.join('", "')}", expected one of ${serviceNames.join(', ')}. Nothing was exported.`,
      );
    checkTarget(file, 'export');
    const isAsked = (name: string): boolean => options.service.length === 0 || options.service.includes(name);
    const shop = findShop(env);
    refuseLater('export', options.service, shop);
    const started = startedServices(shop);
    const services = started.filter(isAsked);
    // Without its log a guest would do again, on an imported platform, all that it has done.
    const guests = guestsOf(shop.dataFolder).map((guest) => guest.service);
    const without = [...started.filter((name) => !isAsked(name)), ...guests];
    const { logs: stored, ...done } = await exportShop(shop, {
      services,
      without,
      file,
      onProgress: out.progress,
    });
    const logs = Object.entries(done.positions).map(([name, position]) => `${name} to ${position}`);
    out.line(`exported ${plural(done.events, 'event')}, ${done.bytes} bytes: ${logs.join(', ')}`);
    out.line(`sha256 of all lines but the last, which says it too: ${done.sha256}`);
    const leftOut = leftOutOf(stored, { services, known: serviceNames, later: laterServices(shop), guests });
    for (const line of leftOutLines(leftOut, guests)) out.note(line);
    tellLater(out, shop);
    out.document({ ...done, leftOut });
    return lacksSome(leftOut, options.service) ? exit.finding : exit.fine;
  },
});
