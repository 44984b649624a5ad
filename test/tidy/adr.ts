import type { TreeFile } from './tree.ts';

const adrLinesMax = 80;

export const isAdr = ({ path }: TreeFile): boolean => /^docs\/adr\/\d{4}-[a-z0-9-]+\.md$/.test(path);

const header = '| Date | Status | Replaces | Guarded by |';

/** One revision per row; the last one is what holds. */
const row = /^\| \d{4}-\d{2}-\d{2} \| [^|]+ \| [^|]+ \| [^|]+ \|$/;

export function badAdr({ path, text }: TreeFile): string[] {
  const lines = text.trimEnd().split('\n');
  const at = lines.indexOf(header);
  const rows = at < 0 ? [] : lines.slice(at + 2, lines.indexOf('', at));
  const found: string[] = [];
  if (lines.length > adrLinesMax) found.push(`${path} has ${lines.length} lines; at most ${adrLinesMax}`);
  if (!lines[0]?.startsWith('# ')) found.push(`${path} does not begin with its title`);
  if (at < 0) found.push(`${path} lacks the line ${header}`);
  else if (rows.length === 0 || !rows.every((line) => row.test(line))) {
    found.push(`${path}: under the header stands one row or more, | YYYY-MM-DD | status | ... | test |`);
  }
  return found;
}
