import { platformEvents } from '@refrain/contract-kit';
import { z } from 'zod';
import type { DescribedEvent, DescribedService, JsonSchema } from './description.ts';

const text = { type: 'string' };

/** What every recorded event has besides its data. */
const envelope = {
  id: { ...text, description: 'the same decision always has the same id' },
  cause: { ...text, description: 'why it was decided: event:…, outcome:…, deadline:…, request:…' },
  reaction: { ...text, description: 'what decided it' },
  correlation: { ...text, description: 'the flow it belongs to' },
  operation: { ...text, description: 'the operation that this intent starts' },
  trace: { ...text, description: 'W3C traceparent of the decision' },
};

const recorded = (type: JsonSchema, version: number, data: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { ...envelope, type, version: { const: version }, data },
  required: ['id', 'type', 'version', 'cause', 'reaction', 'correlation', 'data'],
});

/** `payments.ChargeCaptured.2`, as schemas and files are named. */
export const nameOfVersion = (service: string, type: string, version: number | string): string =>
  `${service}.${type}.${version}`;

/** Where the schema of an event's data lies in a document. */
const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** The schema of the data of each event version, by its name; the platform's own events among them. */
export function dataSchemas(
  services: Readonly<Record<string, DescribedService>>,
): Record<string, JsonSchema> {
  const own = Object.entries(services).flatMap(([service, { events }]) =>
    Object.entries(events).flatMap(([type, { versions }]) =>
      Object.entries(versions).map(
        ([version, schema]) => [nameOfVersion(service, type, version), schema] as const,
      ),
    ),
  );
  const platform = Object.entries(platformEvents).map(([type, shape]) => {
    const { $schema: _, ...schema } = z.toJSONSchema(shape, { target: 'draft-7' });
    return [`${type}.1`, JSON.parse(JSON.stringify(schema)) as JsonSchema] as const;
  });
  const outside = Object.entries(services).flatMap(([service, { outsiders }]) =>
    Object.values(outsiders).flatMap(({ tells }) =>
      Object.entries(tells).flatMap(([type, { versions }]) =>
        Object.entries(versions).map(
          ([version, schema]) => [nameOfVersion(`intake.${service}`, type, version), schema] as const,
        ),
      ),
    ),
  );
  return Object.fromEntries([...own, ...outside, ...platform]);
}

/**
 * The message of one entity: a commit of one event or more, each of the entity's own or of the platform's.
 * STORED FORMAT, as `decodeBody` reads it.
 */
export function commitSchema(
  service: string,
  events: readonly (readonly [string, DescribedEvent])[],
): JsonSchema {
  const own = events.flatMap(([type, { versions }]) =>
    Object.keys(versions).map((version) =>
      recorded({ const: type }, Number(version), ref(nameOfVersion(service, type, version))),
    ),
  );
  const platform = Object.keys(platformEvents).map((type) => recorded({ const: type }, 1, ref(`${type}.1`)));
  return {
    type: 'object',
    properties: {
      v: { const: 1 },
      events: { type: 'array', minItems: 1, items: { oneOf: [...own, ...platform] } },
      cursor: {
        type: 'object',
        description: 'how far a hot entity had read its own service’s log',
        properties: { seq: { type: 'integer' }, commitId: text },
        required: ['seq', 'commitId'],
      },
    },
    required: ['v', 'events'],
  };
}

/** What an outsider publishes: a CloudEvent 1.0 in structured mode, as `decodeTold` reads it. */
export const toldSchema = (type: string, version: number, data: string): JsonSchema => ({
  type: 'object',
  properties: {
    specversion: { const: '1.0' },
    id: { ...text, description: 'unique together with source; told again, it is the same' },
    source: { ...text, description: 'which part of the outsider tells it' },
    type: { const: type },
    dataversion: { const: version, default: 1 },
    data: ref(data),
  },
  required: ['specversion', 'id', 'source', 'type', 'data'],
});
