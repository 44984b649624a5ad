/** One field that became something else. */
export interface FieldChange {
  /** `lines[0].quantity`; empty for the value itself. */
  readonly path: string;
  /** Missing where the field was not there. */
  readonly before?: unknown;
  /** Missing where the field is gone. */
  readonly after?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null;

/** Whether two values are the same JSON: whatever the order of members, one that is `undefined` is none. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  let members = 0;
  for (const key of keys) {
    const member = one[key];
    if (member === undefined) continue;
    if (!isSame(member, other[key])) return false;
    members++;
  }
  const others = Object.keys(other);
  if (others.length === members) return true;
  return others.every((key) => other[key] === undefined || one[key] !== undefined);
}

const memberOf = (path: string, key: string, inList: boolean): string => {
  if (inList) return `${path}[${key}]`;
  const name = /^[A-Za-z_$][\w$-]*$/.test(key) ? key : JSON.stringify(key);
  return path === '' ? name : `${path}.${name}`;
};

/** Every field that differs, deepest first named: members of objects and places in lists, one by one. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isSame(before, after)) return [];
  if (!isObject(before) || !isObject(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    fieldChanges(before[key], after[key], memberOf(path, key, Array.isArray(before))),
  );
}
