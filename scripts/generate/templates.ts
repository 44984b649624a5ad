import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file as it is to be, its path from the root of the checkout. */
export interface Change {
  readonly path: string;
  readonly text: string;
}

const folder = join(import.meta.dirname, 'templates');
const suffix = '.template';

/** What stands between two pairs of braces, by its name. @throws for a name without a value: a defect. */
const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template names {{${name}}}, which has no value`);
    return value;
  });

/** Every file of a folder of templates, filled; their paths are filled as well. */
export function filled(kind: string, into: string, values: Readonly<Record<string, string>>): Change[] {
  const from = join(folder, kind);
  return readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .sort()
    .map((name) => ({
      path: join(into, fill(name.slice(0, -suffix.length), values)),
      text: fill(readFileSync(join(from, name), 'utf8'), values),
    }));
}
