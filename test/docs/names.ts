import type { TreeFile } from '../tidy/tree.ts';

/** What has a name that pages use. */
export interface Names {
  /** Event types, each with `<service> <entity type>`. */
  readonly events: ReadonlyMap<string, string>;
  readonly errors: ReadonlySet<string>;
}

const shown = /^([a-z-]+) +\| ([A-Z][A-Za-z]+) ([a-z]+) \S+/gm;
const inCode = /`((?:[A-Z][a-z]+){2,}|refrain\.[A-Z]\w+|RF_[A-Z_]+)(?:\{[^`]*)?`/g;

/**
 * Events and errors that a page names in code are there; output that it shows is of the service that records
 * it.
 */
export function badNames({ path, text }: TreeFile, { events, errors }: Names): string[] {
  const named = [...text.matchAll(inCode)].flatMap(([, name = '']) =>
    events.has(name) || errors.has(name) ? [] : [`${path} names ${name}, which is no event and no error`],
  );
  const printed = [...text.matchAll(shown)].flatMap(([line, service, type = '', entityType]) =>
    events.get(type) === `${service} ${entityType}` ? [] : [`${path} shows "${line}", which nobody prints`],
  );
  return [...named, ...printed];
}
