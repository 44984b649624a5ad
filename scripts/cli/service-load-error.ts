import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, RefrainError } from '@refrain/errors';
import { root } from './paths.ts';

/**
 * A syntax error names its file in the first line, without a frame; what was thrown has frames; what was not
 * found is told with who wanted it.
 */
const PLACES = [
  /^(?<file>.+\.m?[jt]s):(?<line>\d+)$/gm,
  /^ +at .*?(?<file>file:\S+?):(?<line>\d+):\d+\)?$/gm,
  / imported from (?<file>.+\.m?[jt]s)$/gm,
];

const SERVICES = join(root, 'services');

/** Which file below a folder a module failed in, and at which line; `undefined` where it is another's. */
function placeIn(folder: string, error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const { groups } of PLACES.flatMap((place) => [...stack.matchAll(place)])) {
    const path = pathOf(groups?.['file'] ?? '');
    if (path.startsWith(folder + sep))
      return [relative(dirname(folder), path), groups?.['line']].filter(Boolean).join(':');
  }
  return undefined;
}

/** A message may look like a frame, and name anything. */
function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}

/**
 * What is told of an import that failed in a file of a service: RF_SERVICE_LOAD with the file, and the line
 * where Node says it, since whoever writes a service has it wrong now and then. Node does not say where every
 * syntax error is; the compiler does. Any other error is given back as it is, unless `path` was to be loaded.
 */
export function asServiceLoadError(cause: unknown, path?: string, services = SERVICES): unknown {
  if (cause instanceof RefrainError) return cause;
  const place = placeIn(services, cause);
  if (place === undefined && cause instanceof SyntaxError) {
    const where = path === undefined ? 'A file that this needs' : `${path}, or a file that it imports,`;
    return loadError(where, `${cause.message} (npx tsc --noEmit tells where)`, cause);
  }
  const where = place ?? path;
  return where === undefined ? cause : loadError(where, messageOf(cause), cause);
}

const loadError = (where: string, problem: string, cause: unknown): RefrainError =>
  new RefrainError('RF_SERVICE_LOAD', { where, problem }, { cause });
