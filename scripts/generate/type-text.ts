import { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;

/** What data of this shape is, as TypeScript writes it: for who reads what is stored. */
export const typeOfShape = (shape: Readonly<Record<string, z.ZodType>>): string =>
  typeOf(z.toJSONSchema(z.strictObject(shape), { unrepresentable: 'any', io: 'input' }));

const simple: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function typeOf(schema: Schema): string {
  const values = 'const' in schema ? [schema['const']] : (schema['enum'] as unknown[] | undefined);
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (choices) return choices.map(typeOf).join(' | ');
  if (schema['type'] === 'array') return `(${typeOf((schema['items'] ?? {}) as Schema)})[]`;
  if (schema['type'] !== 'object') return simple[String(schema['type'])] ?? 'unknown';
  const fields = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>);
  const required = (schema['required'] ?? []) as readonly string[];
  if (fields.length === 0) return 'Record<string, unknown>';
  const told = fields.map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(field)}`,
  );
  return `{ ${told.join('; ')} }`;
}
