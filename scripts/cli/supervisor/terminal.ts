import { serviceNames } from './found-services.ts';
import type { LogLine } from './log-line.ts';

/** The width of the longest name, and what makes a second instance of it. */
const nameWidth = Math.max(...['supervisor', ...serviceNames].map(({ length }) => length)) + '-2'.length;
/** How many ordinary lines a second of all children are shown: what runs faster is read by nobody. */
const linesPerSecondMax = 60;
const colours = [36, 32, 33, 35, 34, 96];

export interface Terminal {
  /** A word of the supervisor itself. */
  readonly say: (text: string) => void;
  /** A line of a child. Warnings are always shown, ordinary lines as far as they can be read. */
  readonly show: (name: string, line: LogLine) => void;
  /** Says what was held back. */
  readonly flush: () => void;
}

export interface TerminalOptions {
  readonly write: (text: string) => unknown;
  readonly colour: boolean;
  readonly now?: () => number;
}

export function createTerminal({ write, colour, now = () => performance.now() }: TerminalOptions): Terminal {
  const seen: string[] = [];
  let second = 0;
  let shown = 0;
  let heldBack = 0;

  const paint = (code: number, text: string): string => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const prefixed = (name: string, text: string): void => {
    if (!seen.includes(name)) seen.push(name);
    const code = colours[seen.indexOf(name) % colours.length] ?? 0;
    write(`${paint(code, name.padEnd(nameWidth))}| ${text}\n`);
  };
  const flush = (): void => {
    if (heldBack > 0) write(`${''.padEnd(nameWidth)}| … ${heldBack} more lines, see the log files\n`);
    heldBack = 0;
  };

  return {
    say: (text) => void write(`${text}\n`),
    show(name, { level, text }) {
      const current = Math.floor(now() / 1_000);
      if (current !== second) {
        flush();
        second = current;
        shown = 0;
      }
      if (level >= 50) return prefixed(name, paint(31, text));
      if (level >= 40) return prefixed(name, paint(33, text));
      if (shown >= linesPerSecondMax) heldBack++;
      else prefixed(name, text);
      shown++;
    },
    flush,
  };
}
