interface Entry {
  readonly message: string;
  readonly solve: string;
}

const intro = `# Errors

Every error that Refrain itself raises. A message ends with the address of its heading here. What stands in
braces is filled in with the details of the case. A message says what was not done, or what is not known;
below it stands what to do.

This page is written by \`npx node scripts/docs/pages.ts\` from \`shared/errors/catalogue.ts\`.
`;

/** `{name}` would vanish where braces mean something, so each stands in code. */
const withDetails = (text: string): string => text.replaceAll(/\{\w+\}/g, (found) => `\`${found}\``);

/** The page of all errors, from the catalogue: one heading per code, in the catalogue's order. */
export const errorsPage = (catalogue: Readonly<Record<string, Entry>>): string =>
  intro +
  Object.entries(catalogue)
    .map(
      ([code, entry]) => `\n## ${code.toLowerCase()}\n\n> ${withDetails(entry.message)}\n\n${entry.solve}\n`,
    )
    .join('');
