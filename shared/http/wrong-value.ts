import type { z } from 'zod';

type Raw = z.core.$ZodRawIssue;

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  // What is written in a query is read as a number first: of what was none, no more is known than that.
  if (typeof value === 'number') return Number.isNaN(value) ? 'something else' : String(value);
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/**
 * What is wrong with a value, as a person says it; a schema's own words go before it. `undefined`: nothing
 * better than the library's words is known.
 */
export function wrongValue(issue: Raw): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `expected ${article(String(issue.expected))}, found ${kindOf(issue.input)}`;
    case 'unrecognized_keys':
      return `does not know ${issue.keys.join(', ')}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${units[issue.origin] ?? ''}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${units[issue.origin] ?? ''}`;
    case 'invalid_value':
      return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'email' ? 'expected an e-mail address' : undefined;
    default:
      return undefined;
  }
}

const article = (kind: string): string => {
  if (kind === 'int') return 'a whole number';
  if (kind === 'array') return 'a list';
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
};
