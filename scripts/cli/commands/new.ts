import { format, link, surroundings, write } from '../../generate/apply.ts';
import { newService } from '../../generate/new-service.ts';
import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { list, text } from '../options.ts';
import { commandGroup } from '../subcommands.ts';

const service = defineCommand({
  name: 'new service',
  summary:
    'Writes a service that hears what you name, decides once for each, and joins the shop on its next start.',
  operands: '<name>',
  operandCount: { min: 1, max: 1 },
  options: {
    reactsTo: list('SERVICE.EVENT', 'what it hears: orders.OrderCompleted'),
    entity: text('NAME', 'what it decides about, shipment; else its own name, in the singular'),
  },
  notes: ['All of it is written, or nothing. Nothing is asked of the network.'],
  async run({ operands: [name = ''], options: { reactsTo, entity }, out }) {
    const about = surroundings();
    const changes = await format(newService({ service: name, reactsTo, entity }, about));
    write(changes);
    link(changes, about.lock);
    for (const { path } of changes) out.line(`wrote ${path}`);
    for (const line of [
      '',
      'Next:',
      `  npx vitest run services/${name}`,
      '  npx refrain check',
      '  npm start',
    ])
      out.line(line);
    out.document({ written: changes.map(({ path }) => path) });
    return exit.fine;
  },
});

export const command = commandGroup({
  name: 'new',
  summary:
    'Writes what follows the same form in every service, so that it passes every check from the first line on.',
  subcommands: [service],
});
