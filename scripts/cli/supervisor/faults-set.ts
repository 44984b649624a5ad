import { z } from 'zod';
import type { RunFile } from './run-file.ts';

const faults = z.looseObject({ mode: z.string() });

/**
 * A warning for each sandbox that still has the fault somebody set in it: it outlives a restart. One that
 * does not answer within `answerMs` milliseconds is passed over.
 */
export async function faultsSet(
  { processes }: Pick<RunFile, 'processes'>,
  answerMs = 1_000,
): Promise<string[]> {
  const sandboxes = processes.filter(({ name, url }) => ['psp', 'mail'].includes(name) && url !== '');
  const said = await Promise.all(
    sandboxes.map(async ({ name, url }) => {
      const mode = await modeOf(url, answerMs);
      return mode === undefined || mode === 'none'
        ? []
        : [
            `warning: ${name} has the fault "${mode}" set, so calls to it fail or wait. Reset: ${resetOf(url)}`,
          ];
    }),
  );
  return said.flat();
}

/** The line for a shell that makes a sandbox behave again. */
export const resetOf = (url: string): string =>
  `curl -X PUT ${url}/faults -H 'Content-Type: application/json' -d '{"mode":"none"}'`;

async function modeOf(url: string, answerMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/faults`, { signal: AbortSignal.timeout(answerMs) });
    return faults.parse(await response.json()).mode;
  } catch {
    return undefined; // doctor says more of what does not answer
  }
}
