import { alone } from '../../generate/alone.ts';
import { apply, applyVersion, read, surroundings } from '../../generate/apply.ts';
import { newEffect } from '../../generate/new-effect.ts';
import { newEvent } from '../../generate/new-event.ts';
import { newService } from '../../generate/new-service.ts';
import { newVersion } from '../../generate/new-version.ts';
import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { list, several, text, textOr } from '../options.ts';
import { commandGroup } from '../subcommands.ts';

const service = defineCommand({
  name: 'new service',
  summary:
    'Writes a service that hears what you name, decides once for each, and joins the shop on its next start.',
  operands: '<name>',
  operandCount: { min: 1, max: 1 },
  options: {
    reactsTo: list('SERVICE.EVENT', 'what it hears: orders.OrderCompleted; several with commas between'),
    entity: text('NAME', 'what it decides about, shipment; else its own name, in the singular'),
  },
  notes: ['All of it is written, or nothing. Nothing is asked of the network.'],
  async run({ operands: [name = ''], options: { reactsTo, entity }, out }) {
    const why = `${name} is new, and hears ${reactsTo.join(' and ')}`;
    const asked = { service: name, reactsTo, entity };
    const written = await alone(async () => await apply(newService(asked, surroundings()), why));
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
  notes: [
    'The service has the form that `refrain new service` writes. All of it is written, or nothing.',
    'It acts for events that are recorded once it is there; for those in the log already nobody is called.',
  ],
  async run({ operands: [name = '', verb = ''], options: { after, undoes, calls }, out }) {
    const asked = { service: name, effect: verb, after, undoes, calls };
    const why = `${name} calls the world: ${verb}`;
    const written = await alone(async () => await apply(newEffect(asked, surroundings(), read), why));
    for (const path of written) out.line(`wrote ${path}`);
    out.document({ written });
    return exit.fine;
  },
});

const event = defineCommand({
  name: 'new event',
  summary:
    'Adds an event to a service: its sample, what keeps it, the command that records it once, and its test.',
  operands: '<service> <Event>',
  operandCount: { min: 2, max: 2 },
  options: {
    entity: text('NAME', 'whose event it is; else the entity by which its name begins, or the only one'),
  },
  notes: [
    'It carries the id of its entity. Add the other fields before it is in a log: then they stay for ever.',
  ],
  async run({ operands: [name = '', type = ''], options: { entity }, out }) {
    const asked = { service: name, type, entity };
    const why = `${name} may record ${type}`;
    const written = await alone(async () => await apply(newEvent(asked, surroundings(), read), why));
    const next = `  npx refrain check   # says that nobody records it, until something calls its command`;
    for (const line of [...written.map((path) => `wrote ${path}`), '', 'Next:', next]) out.line(line);
    out.document({ written });
    return exit.fine;
  },
});

const version = defineCommand({
  name: 'new version',
  summary: 'Gives an event its next version, and says what stored data of the version before become.',
  operands: '<service> <Event>',
  operandCount: { min: 2, max: 2 },
  options: {
    field: several('NAME:SCHEMA', 'a field that it gets: "weight: z.int()"'),
    upcast: text('EXPRESSION', 'what data of version 1 become, over v1: "{ ...v1, weight: 0 }"'),
  },
  notes: [
    'Without --upcast its place is marked, and the contract does not load before it is written. Then the same',
    'again, without options: it writes the sample, the pages and the lock.',
  ],
  async run({ operands: [name = '', type = ''], options: { field: fields, upcast }, out }) {
    const asked = { service: name, type, fields, upcast };
    const { planned, written } = await alone(async () => {
      const next = newVersion(asked, surroundings(), read);
      return { planned: next, written: await applyVersion(next, asked) };
    });
    for (const path of written) out.line(`wrote ${path}`);
    const again = `npx refrain new version ${name} ${type}`;
    const next =
      planned.finishes || upcast !== undefined
        ? [`  npx tsc --noEmit -p services/${name}   # who makes the event says what the new field is`]
        : [
            `  write what version ${planned.version - 1} becomes, in the place of \`unwritten\``,
            `  ${again}`,
          ];
    for (const line of ['', 'Next:', ...next]) out.line(line);
    out.document({ written, version: planned.version });
    return exit.fine;
  },
});

export const command = commandGroup({
  name: 'new',
  summary:
    'Writes what follows the same form in every service, so that it passes every check from the first line on.',
  subcommands: [service, effect, event, version],
});
