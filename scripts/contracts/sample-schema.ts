import type { JsonSchema } from './description.ts';

/**
 * The schema that a stored sample shows: of a version whose shape no contract has any more. It knows types
 * and names, no bounds; of a list it takes the first item for all.
 */
export function schemaLike(sample: unknown): JsonSchema {
  if (Array.isArray(sample))
    return { type: 'array', ...(sample.length > 0 && { items: schemaLike(sample[0]) }) };
  if (typeof sample === 'object' && sample !== null) {
    const fields = Object.entries(sample);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map(([name, value]) => [name, schemaLike(value)])),
      required: fields.map(([name]) => name),
      additionalProperties: false,
    };
  }
  if (typeof sample === 'number') return { type: Number.isInteger(sample) ? 'integer' : 'number' };
  if (sample === null) return { type: 'null' };
  return sample === undefined ? {} : { type: typeof sample };
}
