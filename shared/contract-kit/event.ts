import { z } from 'zod';

/** The fields of an event's data, as zod schemas. */
export type Shape = Readonly<Record<string, z.ZodType>>;
/** From version N of an event's data to version N + 1. */
export type Upcasts = Readonly<Record<number, (old: never) => unknown>>;

/** One event as a contract declares it: `upcasts[n]` turns data of version n into those of n + 1. */
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

/**
 * Stands where an upcast is still to be written.
 * @throws RF_CONTRACT by the contract that has one: it does not load before it is written.
 */
export const unwritten = (_old: never): never => {
  throw new Error('this upcast is not written yet');
};

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
  /** The dotted paths of its personal fields: what hears of the event must not log them. */
  readonly personal: readonly string[];
  /** @throws RF_EVENT_INVALID, or RF_EVENT_NEWER for a version that this build does not know. */
  parse(version: number, data: unknown): D;
}

/** Any event type, whatever its data. */
// oxlint-disable-next-line typescript/no-explicit-any -- a type's input is contravariant: only `any` covers them all
export type AnyEventType = EventType<string, any, any>;

/** Marks a field as personal data: the logger of a process that knows the contract never writes it. */
export const personal = <S extends z.ZodType>(schema: S): S => schema.meta({ personal: true });

/**
 * The dotted paths of the personal fields of an event's shape, `customer.email`, at any depth. A list, a
 * choice or an optional field adds no name of its own: `guests.email` for each of `guests`.
 */
export const personalPaths = (shape: Shape): string[] => [
  ...new Set(Object.entries(shape).flatMap(([name, schema]) => pathsIn(schema, name))),
];

function pathsIn(schema: z.core.$ZodType, path: string): string[] {
  if (z.globalRegistry.get(schema)?.['personal'] === true) return [path];
  if (schema instanceof z.ZodObject)
    return Object.entries<z.core.$ZodType>(schema.shape).flatMap(([name, inner]) =>
      pathsIn(inner, `${path}.${name}`),
    );
  return innerOf(schema).flatMap((inner) => pathsIn(inner, path));
}

function innerOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options;
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodTuple) return schema.def.items;
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right];
  if (schema instanceof z.ZodPipe) return [schema.in];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return [schema.unwrap()];
  return schema instanceof z.ZodReadonly ? [schema.unwrap()] : [];
}
