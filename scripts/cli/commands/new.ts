import { apply, read, follow, surroundings } from '../../generate/apply.ts';
import { newEffect } from '../../generate/new-effect.ts';
import { newService } from '../../generate/new-service.ts';
import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { list, text, textOr } from '../options.ts';
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
    const changes = await apply(newService({ service: name, reactsTo, entity }, surroundings()));
    const why = `${name} is new, and hears ${reactsTo.join(' and ')}`;
    const written = [...changes.map(({ path }) => path), ...(await follow(why))];
    for (const path of written) out.line(`wrote ${path}`);
    for (const line of [
      '',
      'Next:',
      `  npx vitest run services/${name}`,
      '  npx refrain check',
      '  npm start',
    ])
      out.line(line);
    out.document({ written });
    return exit.fine;
  },
});

const effect = defineCommand({
  name: 'new effect',
  summary:
    'Lets a service call the world: its rule, its events, a gateway over HTTP, and the tests of all that.',
  operands: '<service> <effect>',
  operandCount: { min: 2, max: 2 },
  options: {
    after: text('EVENT', 'the intent it runs after; else the first event that no effect runs after'),
    undoes: text('EVENT', 'the success of another effect that this one takes back'),
    calls: textOr('NAME', 'whom it calls, by which its budget and its variable are named', 'provider'),
  },
  notes: ['The service has the form that `refrain new service` writes. All of it is written, or nothing.'],
  async run({ operands: [name = '', verb = ''], options: { after, undoes, calls }, out }) {
    const asked = { service: name, effect: verb, after, undoes, calls };
    const changes = await apply(newEffect(asked, surroundings(), read));
    const written = [
      ...changes.map(({ path }) => path),
      ...(await follow(`${name} calls the world: ${verb}`)),
    ];
    for (const path of written) out.line(`wrote ${path}`);
    out.document({ written });
    return exit.fine;
  },
});

export const command = commandGroup({
  name: 'new',
  summary:
    'Writes what follows the same form in every service, so that it passes every check from the first line on.',
  subcommands: [service, effect],
});
