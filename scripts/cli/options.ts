import { UsageError } from './errors.ts';

/** One flag of a command. Its key in the command's table is its name: `portBase` is typed `--port-base`. */
export interface Option<T> {
  /** What stands for the value in the help; without it the flag is a switch. */
  readonly placeholder?: string;
  readonly help: string;
  /**
   * Turns what was typed, once per occurrence, into the value. @throws UsageError saying what was
   * expected.
   */
  readonly read: (typed: readonly string[]) => T;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;
export type ValuesOf<O extends OptionTable> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

export const flagOf = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** On when it is named. */
export const onOff = (help: string): Option<boolean> => ({ help, read: (typed) => typed.length > 0 });

export const text = (placeholder: string, help: string): Option<string | undefined> => ({
  placeholder,
  help,
  read: once,
});

export const textOr = (placeholder: string, help: string, usual: string): Option<string> => ({
  placeholder,
  help: `${help} (${usual})`,
  read: (typed) => once(typed) ?? usual,
});

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export const integer = (placeholder: string, help: string, bounds: Bounds): Option<number | undefined> => ({
  placeholder,
  help,
  read: (typed) => {
    const value = once(typed);
    return value === undefined ? undefined : integerWithin(value, bounds);
  },
});

export const integerOr = (
  placeholder: string,
  help: string,
  usual: number,
  bounds: Bounds,
): Option<number> => ({
  placeholder,
  help: `${help} (${usual})`,
  read: (typed) => integer(placeholder, help, bounds).read(typed) ?? usual,
});

/** Several values, separated by commas or by naming the flag again. Empty when it is not named. */
export const list = (placeholder: string, help: string): Option<readonly string[]> => ({
  placeholder,
  help,
  read: (typed) => {
    const items = typed.flatMap((value) => value.split(',')).map((item) => item.trim());
    if (items.includes('')) throw new UsageError(`expected ${placeholder} without empty items`);
    return [...new Set(items)];
  },
});

/** Several values, by naming the flag again: a comma is part of the value. Empty when it is not named. */
export const several = (placeholder: string, help: string): Option<readonly string[]> => ({
  placeholder,
  help: `${help}; may be named again`,
  read: (typed) => typed,
});

function once(typed: readonly string[]): string | undefined {
  if (typed.length > 1) throw new UsageError(`expected once, found ${typed.length} times`);
  if (typed[0] === '') throw new UsageError('expected a value, found an empty one');
  return typed[0];
}

function integerWithin(value: string, { min, max }: Bounds): number {
  const number = Number(value);
  if (/^-?\d+$/.test(value) && number >= min && number <= max) return number;
  throw new UsageError(`expected a whole number from ${min} to ${max}, found "${value}"`);
}
