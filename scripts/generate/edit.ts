import { join } from 'node:path';
import type { Change } from './templates.ts';

/** Where the text of a file is read, by its path from the root; `undefined` where there is none. */
export type Reads = (path: string) => string | undefined;

/** A file does not have the form that is generated, so what is new cannot be put into it. */
export class OtherForm extends Error {
  override readonly name = 'OtherForm';
}

/** Edits a file by its name in a folder. @throws OtherForm that names the file, too. */
export type Edits = (name: string, how: (text: string) => string) => Change;

export const editsIn =
  (folder: string, read: Reads): Edits =>
  (name, how) => {
    const path = join(folder, name);
    try {
      return { path, text: how(read(path) ?? '') };
    } catch (error) {
      if (error instanceof OtherForm) throw new OtherForm(`${path} has no ${error.message}`);
      throw error;
    }
  };

/** The text with strings and comments blanked out, so that only braces of code are left. */
const masked = (text: string): string =>
  text.replaceAll(/'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.replaceAll(/[^\n]/g, ' '),
  );

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** A block: `start` lies behind its opening bracket, `end` at its closing one. */
interface Block {
  readonly start: number;
  readonly end: number;
}

/**
 * The block that follows these openings, each within the one before: `['entities: {', 'events: {']`. Each
 * ends with its bracket.
 * @throws OtherForm naming the opening that is not there.
 */
function blockOf(text: string, ...openings: readonly string[]): Block {
  const code = masked(text);
  let block: Block = { start: 0, end: text.length };
  for (const opening of openings) {
    const at = code.slice(block.start, block.end).indexOf(opening);
    if (at < 0) throw new OtherForm(`"${opening}"`);
    const start = block.start + at + opening.length;
    block = { start, end: endOf(code, start, opening.at(-1) ?? '') };
  }
  return block;
}

function endOf(code: string, start: number, open: string): number {
  const close = closing[open];
  let depth = 1;
  for (let at = start; at < code.length; at++) {
    if (code[at] === open) depth++;
    else if (code[at] === close && --depth === 0) return at;
  }
  throw new OtherForm(`what closes "${open}"`);
}

/** The text with a further item at the end of the block; a comma is put before it where one is missing. */
export function withItem(text: string, item: string, ...openings: readonly string[]): string {
  const { start, end } = blockOf(text, ...openings);
  const inside = masked(text).slice(start, end).trimEnd();
  const comma = inside === '' || /[,;{]$/.test(inside) ? '' : ',';
  const last = start + inside.length;
  return `${text.slice(0, last)}${comma}${text.slice(last, end)}${item}\n${text.slice(end)}`;
}

/** The arguments of a call, without what is put behind the last comma, and where they stand in the text. */
export function argumentsIn(
  text: string,
  ...openings: readonly string[]
): { readonly start: number; readonly end: number; readonly all: readonly string[] } {
  const { start, end } = blockOf(text, ...openings);
  const code = masked(text);
  const all: string[] = [];
  let [depth, from] = [0, start];
  for (let at = start; at <= end; at++) {
    const char = code[at] ?? '';
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    if (at !== end && !(char === ',' && depth === 0)) continue;
    const one = text.slice(from, at).trim();
    if (code.slice(from, at).trim() !== '') all.push(one);
    from = at + 1;
  }
  return { start, end, all };
}

/** A contract that imports these from the kit as well. @throws OtherForm where it imports nothing from it. */
export function withKitImports(text: string, ...more: readonly string[]): string {
  const [found, names = ''] = /import \{([^}]*)\} from '@refrain\/contract-kit';/.exec(text) ?? [];
  if (found === undefined) throw new OtherForm('import of the contract kit');
  const all = [...names.split(',').map((name) => name.trim()), ...more].filter(Boolean);
  const sorted = [...new Set(all)].sort((a, b) => a.localeCompare(b, 'en'));
  return text.replace(found, `import { ${sorted.join(', ')} } from '@refrain/contract-kit';`);
}

/** The text with one place replaced. @throws OtherForm when it is not there. */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new OtherForm(`"${from}"`);
  return text.replace(from, () => to);
}
