/**
 * RFC 8785 JSON: the one text of a value, whatever the order of its keys. Keys sort by UTF-16 code units, as
 * JavaScript sorts strings; numbers and strings are written as `JSON.stringify` writes them. `undefined`
 * members are left out.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record).sort();
  let text = '';
  for (const key of keys) {
    const member = record[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
