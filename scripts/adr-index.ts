// Writes docs/adr/README.md from the decisions beside it: `npx node scripts/adr-index.ts`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Adr {
  file: string;
  text: string;
}

export const indexFile = 'docs/adr/README.md';

const intro = `# Decisions

Each page is one decision: the scenario that made it necessary, the limits with their defaults, what was
turned down and why, and what would prove it wrong. A new fact is a new row of its table, never a silent
edit. This index is written by \`npx node scripts/adr-index.ts\`.

| Nr | Decision | Status | Date | Guarded by |
|---|---|---|---|---|
`;

export function adrIndex(adrs: readonly Adr[]): string {
  const ordered = adrs.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return intro + ordered.map(({ file, text }) => `${entryOf(file, text)}\n`).join('');
}

function entryOf(file: string, text: string): string {
  const title = /^# (?:ADR[- ]?)?(?:\d+[.:]? *)?(.*)$/m.exec(text)?.[1] ?? file;
  const revisions = [...text.matchAll(/^\| (\d{4}-\d{2}-\d{2}) \| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)];
  const [, date = '', status = '', guardedBy = ''] = revisions.at(-1) ?? [];
  return `| [${file.slice(0, 4)}](${file}) | ${title.trim()} | ${status} | ${date} | ${guardedBy} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(import.meta.dirname, '..');
  const folder = join(root, 'docs/adr');
  const files = readdirSync(folder).filter((file) => /^\d{4}-.*\.md$/.test(file));
  const adrs = files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  writeFileSync(join(root, indexFile), adrIndex(adrs));
  console.log(`${indexFile}: ${adrs.length} decisions`);
}
