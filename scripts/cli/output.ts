/** Where a command speaks. Results go to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean;
  /** A result for a person. Says nothing under `--json`. */
  readonly line: (text: string) => void;
  /** The one document of `--json`. Says nothing without it. */
  readonly document: (value: unknown) => void;
  /** What a person should know besides the result, on stderr. Says nothing under `--json`. */
  readonly note: (text: string) => void;
  /**
   * One line that is written over by the next. Only where stderr is a terminal; an empty text takes it
   * away.
   */
  readonly progress: (text: string) => void;
}

export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

export function createOutput(json: boolean, { stdout, stderr }: Streams = process): Output {
  let shown = false;
  let documented = false;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[K');
    shown = false;
  };
  return {
    json,
    line: (text) => {
      clear();
      if (!json) stdout.write(`${text}\n`);
    },
    document: (value) => {
      clear();
      if (json && !documented) stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
      documented = true;
    },
    note: (text) => {
      clear();
      if (!json) stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!stderr.isTTY) return;
      clear();
      if (text === '') return;
      stderr.write(text);
      shown = true;
    },
  };
}

/** Rows as columns, two blanks apart; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
