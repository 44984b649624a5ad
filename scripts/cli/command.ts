import type { OptionTable, ValuesOf } from './options.ts';
import type { Output } from './output.ts';

/** What a command gets when it runs. */
export interface Context<O extends OptionTable = OptionTable> {
  readonly options: ValuesOf<O>;
  /** What was typed besides flags. */
  readonly operands: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly out: Output;
}

/**
 * One command of the CLI. Every command has `--help` and `--json` besides its own options; under `--json`
 * stdout holds exactly one document.
 */
export interface Command<O extends OptionTable = OptionTable> {
  readonly name: string;
  readonly summary: string;
  /** The operands as the help shows them, `<sku:qty…>`; empty for none. */
  readonly operands: string;
  /** How many operands it takes. Default: none. */
  readonly operandCount?: { readonly min: number; readonly max: number };
  readonly options: O;
  /** Lines that follow the options in the help. */
  readonly notes?: readonly string[];
  /** Resolves with the exit code. Errors it throws become one line and a code of `errors.ts`. */
  run(context: Context<O>): Promise<number>;
}

/** A command whose options type its context. */
export const defineCommand = <const O extends OptionTable>(command: Command<O>): Command<O> => command;
