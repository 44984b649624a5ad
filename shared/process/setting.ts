import { RefrainError } from '@refrain/errors';
import type { z } from 'zod';

/**
 * One setting of a service's own, read from the environment.
 * @throws RF_CONFIG naming the variable, what it holds and what was expected. A secret's value is not
 * repeated.
 */
export function settingOf<T>(env: NodeJS.ProcessEnv, name: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(env[name]);
  if (parsed.success) return parsed.data;
  const expected = parsed.error.issues.map(({ message }) => message).join(', ');
  throw new RefrainError('RF_CONFIG', { problems: `${name}: ${expected}` });
}
