import type { CheckedService } from '@refrain/checking';
import type { EffectRule, Shape } from '@refrain/contract-kit';
import { z } from 'zod';
import { schemaLike } from './sample-schema.ts';

/** A JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One event as others may count on it. */
export interface DescribedEvent {
  readonly entity: string;
  /** The version that is recorded now. */
  readonly version: number;
  /** The schema of each version that logs may hold, by its number. */
  readonly versions: Readonly<Record<string, JsonSchema>>;
}

/** What a service promises and what it does because of others, without its code. */
export interface DescribedService {
  readonly entities: Readonly<Record<string, { readonly id?: string; readonly fixedId?: string }>>;
  readonly events: Readonly<Record<string, DescribedEvent>>;
  readonly undoneBy: Readonly<Record<string, string>>;
  readonly waits: readonly string[];
  readonly pivots: readonly string[];
  readonly effects: Readonly<Record<string, EffectRule>>;
  /** Its reactions, and what its hot entities answer: `orders.OrderPlaced: request the charge`. */
  readonly hears: readonly string[];
  /** `OrderPlaced: give up`: what an entity is told a while after it. */
  readonly deadlines: readonly string[];
  /** Programs that are none of ours. */
  readonly outsiders: Readonly<Record<string, DescribedOutsider>>;
  /** `GoodsArrived: take in what arrived`: what it does because of what they tell. */
  readonly told: readonly string[];
}

/** What an outsider may tell a service, and which of its entities it may hear. */
export interface DescribedOutsider {
  readonly tells: Readonly<Record<string, Pick<DescribedEvent, 'version' | 'versions'>>>;
  readonly hears: readonly string[];
}

/** Every service of a shop, by its name. */
export type Description = Readonly<Record<string, DescribedService>>;

/** The schema of an event's data. A field that is marked as personal is `x-personal`. */
function schemaOf(shape: Shape): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(z.strictObject(shape), {
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (!('personal' in jsonSchema)) return;
      jsonSchema['x-personal'] = jsonSchema['personal'];
      delete jsonSchema['personal'];
    },
  });
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/**
 * The contracts as plain data. A contract knows the shape of the current version only: that of an older one
 * is what `kept` has of it, else what its stored sample looks like.
 */
export const describe = (services: readonly CheckedService[], kept: Description = {}): Description =>
  Object.fromEntries(
    services.map((one): [string, DescribedService] => {
      const { service } = one.definition.contract.$contract;
      return [service, describeService(one, kept[service])];
    }),
  );

function describeService(
  { definition, samples = {} }: CheckedService,
  kept: DescribedService | undefined,
): DescribedService {
  const { entities, events, undoneBy, waits, pivots, effects, outsiders } = definition.contract.$contract;
  const { reactions, hot, deadlines, told } = definition;
  const versionsOf = (type: string, version: number, shape: Shape): DescribedEvent['versions'] => {
    const older = Array.from({ length: version - 1 }, (_, i) => String(i + 1)).map((v) => [
      v,
      kept?.events[type]?.versions[v] ?? schemaLike(samples[`${type}.${v}`]),
    ]);
    return Object.fromEntries([...older, [String(version), schemaOf(shape)]]) as DescribedEvent['versions'];
  };
  const heard = [...reactions, ...hot.flatMap(({ answers }) => answers)];
  return {
    entities,
    events: Object.fromEntries(
      Object.entries(events).map(([type, { entityType, version, shape }]) => [
        type,
        { entity: entityType, version, versions: versionsOf(type, version, shape) },
      ]),
    ),
    undoneBy,
    waits,
    pivots,
    effects,
    hears: heard.map(({ event, name }) => `${event.service}.${event.type}: ${name}`).sort(),
    deadlines: deadlines.map(({ after, name }) => `${after.type}: ${name}`).sort(),
    outsiders: Object.fromEntries(
      Object.entries(outsiders).map(([outsider, { tells, hears }]) => [
        outsider,
        { tells: mapped(tells, toldOf(kept?.outsiders[outsider])), hears },
      ]),
    ),
    told: told.map(({ event, name }) => `${event.type}: ${name}`).sort(),
  };
}

type Tells = DescribedOutsider['tells'];

const mapped = <T, U>(all: Readonly<Record<string, T>>, to: (one: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, to(one, name)]));

/** Of an older version of what is told nothing is stored: its schema is what was kept, or unknown. */
const toldOf =
  (kept: DescribedOutsider | undefined) =>
  ({ version, shape }: { version: number; shape: Shape }, type: string): Tells[string] => {
    const older = Array.from({ length: version - 1 }, (_, i) => String(i + 1));
    const schemas = older.map((v) => [v, kept?.tells[type]?.versions[v] ?? {}] as const);
    return { version, versions: Object.fromEntries([...schemas, [String(version), schemaOf(shape)]]) };
  };

/** Who hears an event, each with its reaction: `payments ("request the charge")`. */
export function hearersOf(description: Description, service: string, type: string): string[] {
  const prefix = `${service}.${type}: `;
  return Object.entries(description).flatMap(([hearer, { hears }]) =>
    hears
      .filter((line) => line.startsWith(prefix))
      .map((line) => `${hearer} ("${line.slice(prefix.length)}")`),
  );
}
