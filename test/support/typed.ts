import { main } from '../../scripts/cli/main.ts';

/**
 * Runs `refrain <args> --json` in this process: for tests that type many commands, of which the start of a
 * process would be most. Any exit code is an answer.
 */
export async function typed(
  env: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Promise<{ code: number; document: unknown }> {
  let out = '';
  const stdout = { write: (text: string) => (out += text) };
  const code = await main([...args, '--json'], env, { stdout, stderr: { write: () => true } });
  return { code, document: out === '' ? undefined : JSON.parse(out) };
}
