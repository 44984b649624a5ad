import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A bug that somebody could write, as a patch of this tree. */
export interface Mutant {
  readonly name: string;
  /** What it does wrong: the text above the patch. */
  readonly about: string;
  readonly patch: string;
  /** What it changes. */
  readonly files: readonly string[];
}

const folder = join(import.meta.dirname, 'patches');

/** Every planted bug, in the order of their names. */
export function mutants(): Mutant[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const patch = join(folder, file);
      const text = readFileSync(patch, 'utf8');
      const about = text.slice(0, text.indexOf('\n--- ')).replaceAll('\n', ' ').trim();
      const files = [...text.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, named = '']) => named);
      return { name: basename(file, '.patch'), about, patch, files };
    });
}
