import { commitSchema, dataSchemas, toldSchema } from './commit-schema.ts';
import type { DescribedEvent, DescribedService, Description, JsonSchema } from './description.ts';

const text = { type: 'string' };

const headers: JsonSchema = {
  type: 'object',
  properties: {
    'Nats-Msg-Id': { ...text, description: 'the commit’s id' },
    'Refrain-Types': {
      ...text,
      description: 'type and version of each event: ChargeCaptured.2,RefundRequested.1',
    },
    'Refrain-Correlation': { ...text, description: 'the flow; one for each event where they differ' },
    traceparent: text,
  },
  required: ['Nats-Msg-Id', 'Refrain-Types', 'Refrain-Correlation'],
};

const channelName = (service: string, entity: string): string => `${service}.${entity}`;

const eventsOf = ({ events }: DescribedService, entity: string): [string, DescribedEvent][] =>
  Object.entries(events).filter(([, event]) => event.entity === entity);

function channelOf(service: string, entity: string, described: DescribedService): Record<string, unknown> {
  const fixedId = described.entities[entity]?.fixedId;
  const events = eventsOf(described, entity);
  return {
    address: `events.${service}.{partition}.${entity}.${fixedId ?? '{entityId}'}`,
    description: `Each ${entity} of ${service}: ${events.map(([type]) => type).join(', ')}`,
    parameters: {
      partition: { description: '00 to 63, from the hash of the entity’s id' },
      ...(fixedId === undefined && { entityId: { description: described.entities[entity]?.id ?? 'its id' } }),
    },
    messages: {
      commit: {
        name: `${channelName(service, entity)} commit`,
        title: `What one ${entity} recorded at once`,
        contentType: 'application/json',
        headers,
        payload: commitSchema(service, events),
      },
    },
  };
}

/** Where outsiders publish: one CloudEvent, structured. */
const intakeChannels = (
  service: string,
  { outsiders }: DescribedService,
): [string, Record<string, unknown>][] =>
  Object.entries(outsiders)
    .filter(([, { tells }]) => Object.keys(tells).length > 0)
    .map(([outsider, { tells }]) => [
      `intake.${service}.${outsider}`,
      {
        address: `intake.${service}.${outsider}`,
        description: `What ${outsider}, which is none of ours, tells ${service}`,
        messages: Object.fromEntries(
          Object.entries(tells).map(([type, { version }]) => [
            type,
            {
              name: type,
              contentType: 'application/cloudevents+json',
              payload: toldSchema(type, version, `intake.${service}.${type}.${version}`),
            },
          ]),
        ),
      },
    ]);

const pointer = (channel: string): { $ref: string } => ({ $ref: `#/channels/${channel}` });

/** Of which entities of which services a service hears, and because of which events. */
function heardBy(service: DescribedService, shop: Description): ReadonlyMap<string, readonly string[]> {
  const heard = service.hears.flatMap((line) => {
    const [source = '', type = ''] = (line.split(':')[0] ?? '').split('.');
    const entity = shop[source]?.events[type]?.entity;
    return entity === undefined ? [] : [{ channel: channelName(source, entity), line }];
  });
  return new Map(
    [...Map.groupBy(heard, ({ channel }) => channel)].map(([channel, lines]) => [
      channel,
      lines.map(({ line }) => line),
    ]),
  );
}

function operationsOf(name: string, service: DescribedService, shop: Description): Record<string, unknown> {
  const records = Object.keys(service.entities).map((entity) => {
    const channel = channelName(name, entity);
    return [
      `${channel}.records`,
      {
        action: 'send',
        channel: pointer(channel),
        messages: [{ $ref: `#/channels/${channel}/messages/commit` }],
        summary: `${name} records what its ${entity} decides`,
      },
    ] as const;
  });
  const hears = [...heardBy(service, shop)].map(
    ([channel, lines]) =>
      [
        `${name}.hears.${channel}`,
        {
          action: 'receive',
          channel: pointer(channel),
          messages: [{ $ref: `#/channels/${channel}/messages/commit` }],
          summary: `${name} hears ${channel}`,
          description: lines.join('; '),
        },
      ] as const,
  );
  const takes = intakeChannels(name, service).map(
    ([channel]) =>
      [
        `${name}.takes.${channel}`,
        {
          action: 'receive',
          channel: pointer(channel),
          summary: `${name} takes what it is told`,
          description: service.told.join('; '),
        },
      ] as const,
  );
  return Object.fromEntries([...records, ...hears, ...takes]);
}

/** The shop as one AsyncAPI 3 document: a channel for each type of entity, who records and who hears it. */
export function asyncApiOf(shop: Description, { version }: { version: string }): Record<string, unknown> {
  const services = Object.entries(shop);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Refrain: what the services of the shop tell each other',
      version,
      description:
        'Each message is a commit: the events that one entity recorded at once. Messages may come twice; ' +
        'an event’s id is the same each time.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { shop: { host: '127.0.0.1:4022', protocol: 'nats', description: 'the broker of `npm start`' } },
    channels: Object.fromEntries(
      services.flatMap(([service, described]) => [
        ...intakeChannels(service, described),
        ...Object.keys(described.entities).map((entity) => [
          channelName(service, entity),
          channelOf(service, entity, described),
        ]),
      ]),
    ),
    operations: Object.assign(
      {},
      ...services.map(([name, service]) => operationsOf(name, service, shop)),
    ) as object,
    components: { schemas: dataSchemas(shop) },
  };
}
