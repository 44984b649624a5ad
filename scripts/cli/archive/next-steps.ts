import type { Typed } from '../typed-command.ts';

interface ImportedWith {
  readonly nodes: number;
  readonly portBase: number | undefined;
  /** The broker is not ours: `up` has to be told of it again. */
  readonly isForeign: boolean;
  readonly typed: Typed;
}

/** What to type after an import, in this order: only a shop that runs can be taken over. */
export function stepsAfterImport({ nodes, portBase, isForeign, typed }: ImportedWith): string[] {
  const flags = [
    ...(nodes === 1 ? [] : [`--nodes ${nodes}`]),
    ...(portBase === undefined ? [] : [`--port-base ${portBase}`]),
  ];
  const start = ['npm start', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
  const settings = isForeign ? ' (NATS_URL among them)' : '';
  return [
    `Next, with the settings of this import${settings}: ${typed(start)}`,
    `Then, in another terminal, see what it would call for: ${typed('npx refrain retries ls')}`,
    `Its services call nobody until: ${typed('npx refrain import --take-over --why "..."')}`,
  ];
}
