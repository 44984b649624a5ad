import type { TreeFile } from '../tidy/tree.ts';

const quote = /^<!-- from: (\S+) -->\n```\w*\n([\s\S]*?)^```$/gm;
const codeBlock = /^```(?:ts|typescript|js)\n/gm;

const indented = (code: string, by: number): string => code.replaceAll(/^(?=.)/gm, ' '.repeat(by));

/** The code stands there as it is shown, be it further to the right. */
const holds = (text: string, code: string): boolean =>
  [0, 2, 4, 6, 8].some((by) => `\n${text}`.includes(`\n${indented(code, by)}`));

/** Code that is shown is code that is there: each block says which file it is from, and stands in it. */
export function badQuotes({ path, text }: TreeFile, sources: ReadonlyMap<string, string>): string[] {
  const quotes = [...text.matchAll(quote)];
  const found = quotes.flatMap(([, from = '', code = '']) => {
    const source = sources.get(from);
    if (source === undefined) return [`${path} quotes ${from}, which is not there`];
    const [first = ''] = code.split('\n');
    return holds(source, code) ? [] : [`${path}: "${first.trim()}" … does not stand so in ${from}`];
  });
  const unnamed = [...text.matchAll(codeBlock)].length - quotes.length;
  return unnamed > 0
    ? [...found, `${path} shows ${unnamed} blocks of code without <!-- from: file -->`]
    : found;
}
