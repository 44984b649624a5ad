import { findings, type TreeFile } from './tree.ts';

/** What is true on one machine only, or for its owner only, has no place in what others clone. */
const names: readonly { pattern: RegExp; why: string }[] = [
  { pattern: /(?<![\w.~])\/work\/[\w.]/g, why: "is a folder of somebody's machine" },
  { pattern: /(?<![\w.~])\/(?:home|Users)\/[\w.]+/g, why: "is a folder of somebody's machine" },
  { pattern: /\.\.\/shared\/(?:DESIGN|STYLE|FACTS)/g, why: 'is not in this repository' },
  { pattern: /\bFACTS-[a-z]+|\b(?:DESIGN|STYLE)\.md\b/g, why: 'is not in this repository' },
  { pattern: /\b(?:[Ii]ssue|PR|[Pp]ull request) #?\d+\b/g, why: 'needs a tracker to be understood' },
  {
    pattern: /\/\/(?:registry|mirrors?|deb|npm)\.[\w-]+\.\w+/g,
    why: 'is the address of a registry or a mirror',
  },
];

const lockFiles = /(^|\/)(package-lock|npm-shrinkwrap)\.json$/;

export function privateNames(file: TreeFile): string[] {
  const resolved = lockFiles.test(file.path)
    ? findings(file, /"resolved": "http[^"]*/g, (found) => `${found} ties the lock file to one registry`)
    : [];
  const named = names.flatMap(({ pattern, why }) => findings(file, pattern, (found) => `${found} ${why}`));
  return [...resolved, ...named];
}
