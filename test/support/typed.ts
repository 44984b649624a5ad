import { refrain } from '../../scripts/cli/refrain.fixture.ts';

/**
 * Runs `refrain <args> --json` in this process: for tests that type many commands, of which the start of a
 * process would be most. Any exit code is an answer.
 */
export async function typed(
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Promise<{ code: number; document: unknown }> {
  const { code, out } = await refrain([...args, '--json'], env);
  return { code, document: out === '' ? undefined : JSON.parse(out) };
}
