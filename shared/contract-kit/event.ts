import { z } from 'zod';

export type Shape = Readonly<Record<string, z.ZodType>>;
/** From version N of an event's data to version N + 1. */
export type Upcasts = Readonly<Record<number, (old: never) => unknown>>;

export interface EventDefinition<S extends Shape = Shape> {
  readonly version: number;
  readonly shape: S;
  readonly upcasts: Upcasts;
}

/**
 * Declares one event of a contract: its current version, the shape of its data, and how each older version
 * becomes the next one. A version without its upcast makes the contract refuse to load (RF_CONTRACT).
 */
export const event = <const S extends Shape>(
  version: number,
  shape: S,
  upcasts: Upcasts = {},
): EventDefinition<S> => ({
  version,
  shape,
  upcasts,
});

/** What has been decided: an event of the domain, before it has an id and a place in the log. */
export interface DomainEvent<T extends string = string, D = unknown> {
  readonly type: T;
  readonly service: string;
  readonly version: number;
  readonly data: D;
}

/** Makes events of one type, and reads stored ones of any version it knows. */
export interface EventType<T extends string = string, D = unknown, I = D> {
  /** @throws RF_EVENT_INVALID when the data does not fit the schema. */
  (data: I): DomainEvent<T, D>;
  readonly type: T;
  readonly service: string;
  readonly entityType: string;
  readonly version: number;
  /** @throws RF_EVENT_INVALID, or RF_EVENT_NEWER for a version that this build does not know. */
  parse(version: number, data: unknown): D;
}

/** Any event type, whatever its data. */
// oxlint-disable-next-line typescript/no-explicit-any -- a type's input is contravariant: only `any` covers them all
export type AnyEventType = EventType<string, any, any>;

/** Marks a field as personal data: it is never written to a log. */
export const personal = <S extends z.ZodType>(schema: S): S => schema.meta({ personal: true });

/** The dotted paths of the personal fields of an event's shape, `customer.email`. */
export function personalPaths(shape: Shape, prefix = ''): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    if (schema.meta()?.['personal'] === true) return [path];
    return schema instanceof z.ZodObject ? personalPaths(schema.shape, `${path}.`) : [];
  });
}
