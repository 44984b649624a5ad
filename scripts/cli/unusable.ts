import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, RefrainError } from '@refrain/errors';
import { root } from './paths.ts';

/** A syntax error names its file in the first line, without a frame; what was thrown has frames. */
const PLACES = [/^(\S+\.m?[jt]s):(\d+)$/m, /^ +at .*?(file:\S+?):(\d+):\d+\)?$/m];

const SERVICES = join(root, 'services');

/** Which file below a folder a module failed in, and at which line; `undefined` where it is another's. */
function placeIn(folder: string, error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const place of PLACES) {
    const [, file = '', line = ''] = place.exec(stack) ?? [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (path.startsWith(folder + sep)) return `${relative(dirname(folder), path)}:${line}`;
  }
  return undefined;
}

/**
 * What became of an import that failed in a file of a service: RF_CONFIG naming file and line, since whoever
 * writes a service has it wrong now and then. Node does not say where every syntax error is; the compiler
 * does. Any other error is given back as it is, unless `path` was to be loaded.
 */
export function unusable(cause: unknown, path?: string, services = SERVICES): unknown {
  if (cause instanceof RefrainError) return cause;
  const place = placeIn(services, cause);
  if (place === undefined && cause instanceof SyntaxError) {
    const what = path === undefined ? 'a file that this needs' : `${path}, or a file that it imports,`;
    return wrong(`${what} cannot be used: ${cause.message} (npx tsc --noEmit tells where)`, cause);
  }
  const found = place ?? path;
  return found === undefined ? cause : wrong(`${found} cannot be used: ${messageOf(cause)}`, cause);
}

const wrong = (problems: string, cause: unknown): RefrainError =>
  new RefrainError('RF_CONFIG', { problems }, { cause });
