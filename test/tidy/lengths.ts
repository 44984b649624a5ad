import { isSource, type TreeFile } from './tree.ts';

const lineCharactersMax = 110;
const fileLinesMax = 300;

/**
 * Files that were longer when the rule came, with their length then. They may shrink, and leave the list at
 * 300.
 */
const ratchet: Readonly<Record<string, number>> = {};

/**
 * A string alone on its line stays whole, so that what a user sees can be searched for; so does a test's
 * name.
 */
const onlyAString = /^\s*(?:[\w$'-]+: |[\w-]+=\{?|return |[+?:] )?(['"`]).*\1\}?[,;]?$/;
const testName = /^\s*(?:test|it|describe)\((['"`]).*\1, /;
/** A directive to a tool counts only on one line, reason included. */
const directive = /^\s*(?:\/\/|\{\/\*) oxlint-disable/;

export function longLines({ path, text }: TreeFile): string[] {
  if (!isSource(path)) return [];
  return text.split('\n').flatMap((line, i) => {
    if (line.length <= lineCharactersMax) return [];
    if ([onlyAString, testName, directive].some((kept) => kept.test(line))) return [];
    return [`${path}:${i + 1} has ${line.length} characters; at most ${lineCharactersMax}`];
  });
}

export function longFile({ path, text }: TreeFile, allowed = ratchet): string[] {
  if (!isSource(path)) return [];
  const lines = text.trimEnd().split('\n').length;
  const linesMax = allowed[path] ?? fileLinesMax;
  return lines > linesMax
    ? [`${path} has ${lines} lines; at most ${linesMax}. Split it by what it is about`]
    : [];
}
