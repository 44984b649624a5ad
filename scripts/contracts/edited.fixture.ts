/** What is put where, by the dotted path; `undefined` takes away what is there. */
export type Edits = Readonly<Record<string, unknown>>;

/** A copy of a document with something changed in it. */
export function edited<T>(document: T, edits: Edits): T {
  const copy = structuredClone(document);
  for (const [path, value] of Object.entries(edits)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = copy as Record<string, unknown>;
    for (const key of keys) {
      if (typeof at[key] !== 'object') throw new Error(`there is no ${key} of ${path}`);
      at = at[key] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}
