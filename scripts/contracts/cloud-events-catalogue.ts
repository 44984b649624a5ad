import type { CheckedService } from '@refrain/checking';
import { type CloudEvent, type Entity, toCloudEvent } from '@refrain/event-log';
import { nameOfVersion } from './commit-schema.ts';
import type { DescribedService, Description } from './description.ts';

/** One kind of event as a reader of CloudEvents looks for it. */
export interface CatalogueEntry {
  readonly type: string;
  readonly dataversion: number;
  readonly source: string;
  /** The subject it is stored under; `*` stands for a partition and an entity's id. */
  readonly subject: string;
  /** Where its data's schema lies, from this document. */
  readonly dataschema: string;
  /** The event as `refrain` maps it, with the data of its stored sample. */
  readonly example?: CloudEvent;
}

export interface Catalogue {
  readonly specversion: '1.0';
  readonly datacontenttype: 'application/json';
  /** Attributes that every event has beyond those of CloudEvents. */
  readonly extensions: Readonly<Record<string, string>>;
  readonly events: readonly CatalogueEntry[];
}

const extensions = {
  dataversion: 'the version of the data’s schema',
  cause: 'why it was decided',
  reaction: 'what decided it',
  correlation: 'the flow it belongs to',
  operation: 'the operation that this intent starts, if it starts one',
  traceparent: 'the trace it belongs to (W3C)',
};

/** A moment that stands for any other. */
const AT = Date.UTC(2026, 0, 1);

/** Every event version of the shop as CloudEvents 1.0 has it, each with an example. */
export const catalogueOf = (shop: Description, services: readonly CheckedService[]): Catalogue => ({
  specversion: '1.0',
  datacontenttype: 'application/json',
  extensions,
  events: services.flatMap(({ definition, samples = {} }) => {
    const { service } = definition.contract.$contract;
    const described = shop[service] as DescribedService;
    return Object.entries(described.events).flatMap(([type, { entity, versions }]) =>
      Object.keys(versions).map((version) => ({
        type,
        dataversion: Number(version),
        source: `/refrain/${service}`,
        subject: `events.${service}.*.${entity}.${described.entities[entity]?.fixedId ?? '*'}`,
        dataschema: `schemas/${nameOfVersion(service, type, version)}.json`,
        ...exampleOf(entityOf(service, entity, described, samples[`${type}.${version}`]), {
          type,
          version: Number(version),
          data: samples[`${type}.${version}`],
        }),
      })),
    );
  }),
});

function entityOf(
  service: string,
  entityType: string,
  { entities }: DescribedService,
  data: unknown,
): Entity {
  const { id = '', fixedId } = entities[entityType] ?? {};
  const named = (data as Readonly<Record<string, unknown>> | undefined)?.[id];
  return { service, entityType, entityId: fixedId ?? (typeof named === 'string' ? named : 'example') };
}

function exampleOf(
  entity: Entity,
  { type, version, data }: { type: string; version: number; data: unknown },
): { example?: CloudEvent } {
  if (data === undefined) return {};
  const names = { id: 'example', cause: 'event:example', reaction: 'example', correlation: entity.entityId };
  return { example: toCloudEvent(entity, { ...names, type, version, data }, AT) };
}
