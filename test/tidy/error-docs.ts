import { isTest, type TreeFile, withoutComments } from './tree.ts';

interface Entry {
  message: string;
  solve: string;
}

/** The page has one heading per code, in lower case, since that is the anchor every message ends with. */
export function errorDocs(catalogue: Readonly<Record<string, Entry>>, page: string): string[] {
  const headings = [...page.matchAll(/^## (rf_\S+)\s*$/gm)].map(([, heading = '']) => heading);
  const anchors = Object.keys(catalogue).map((code) => code.toLowerCase());
  const missing = anchors.filter((anchor) => !headings.includes(anchor));
  const extra = headings.filter(
    (heading, i) => !anchors.includes(heading) || headings.indexOf(heading) !== i,
  );
  return [
    ...missing.map((anchor) => `docs/errors.md lacks ## ${anchor}`),
    ...extra.map((heading) => `docs/errors.md has ## ${heading}, which is no code, or stands twice`),
  ];
}

export function badEntries(catalogue: Readonly<Record<string, Entry>>): string[] {
  return Object.entries(catalogue).flatMap(([code, { message, solve }]) => {
    if (!/^RF_[A-Z_]+$/.test(code)) return [`${code} is not of the form RF_NAME`];
    return message.trim() === '' || solve.trim() === ''
      ? [`${code} does not say what happened and what to do`]
      : [];
  });
}

/** A code that nothing throws is advice that nobody will ever need. */
export function neverThrown(
  catalogue: Readonly<Record<string, Entry>>,
  files: readonly TreeFile[],
): string[] {
  const code = files.filter(({ path }) => path.endsWith('.ts') && !isTest(path) && !path.startsWith('test/'));
  const thrown = new Set(
    code.flatMap(({ text }) =>
      [...withoutComments(text).matchAll(/\bRefrainError\(\s*'(RF_[A-Z_]+)'/g)].map(([, name]) => name),
    ),
  );
  return Object.keys(catalogue)
    .filter((name) => !thrown.has(name))
    .map((name) => `${name} is thrown nowhere`);
}
