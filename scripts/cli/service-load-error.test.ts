import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RefrainError } from '@refrain/errors';
import { afterAll, expect, test } from 'vitest';
import { asServiceLoadError } from './service-load-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'refrain load '));
const services = join(folder, 'services');
afterAll(() => rmSync(folder, { recursive: true }));

/** What Node throws at an import of a service whose contract reads so; none of the tests' own loader. */
function thrownBy(contract: string): Error {
  mkdirSync(join(services, 'shipping'), { recursive: true });
  writeFileSync(join(services, 'shipping', 'contract.ts'), `export const name = 'shipping';\n${contract}\n`);
  writeFileSync(join(services, 'stand-in.ts'), "export { name } from './shipping/contract.ts';\n");
  const load = `import(${JSON.stringify(join(services, 'stand-in.ts'))}).catch(({ message, stack }) =>
    console.log(JSON.stringify({ message, stack })))`;
  const said = execFileSync(process.execPath, ['-e', load], { encoding: 'utf8' });
  return Object.assign(new Error(), JSON.parse(said));
}

const CONTRACT = 'services/shipping/contract.ts';

test.each([
  ['const x = ;', `${CONTRACT}:2`, 'Expression expected'],
  ['enum Kind { A }', `${CONTRACT}:2`, 'TypeScript enum is not supported in strip-only mode'],
  ["throw new Error('boom');", `${CONTRACT}:2`, 'boom'],
  ['new URL("no address");', `${CONTRACT}:2`, 'Invalid URL'],
  ["import 'not-there';", CONTRACT, "Cannot find package 'not-there'"],
  ["import './not-there.ts';", CONTRACT, 'Cannot find module'],
])(
  'a service whose contract reads %s is named by its file, and not as a defect of ours',
  (line, where, says) => {
    const error = asServiceLoadError(thrownBy(line), undefined, services);
    const message = expect.stringContaining(`${where} cannot be loaded: ${says}`) as string;
    expect(error).toMatchObject({ code: 'RF_SERVICE_LOAD', message });
  },
);

test('where Node does not say where a syntax error is, the compiler is named that does', () => {
  const { message } = thrownBy('const name = 1;');
  const cause = new SyntaxError(message);
  expect(message).toBe("Identifier 'name' has already been declared");
  for (const path of [undefined, 'services/mine/stand-in.ts'])
    expect(asServiceLoadError(cause, path)).toMatchObject({
      message: expect.stringContaining(`${message} (npx tsc --noEmit tells where)`) as string,
    });
});

test('the first file of a service counts, not the first that is named; and no message can break it', () => {
  const stack = `Error: at x (file:///%zz/a.ts:1:1)
    at x (file:///%zz/a.ts:1:1)
    at y (file:///elsewhere/kit.ts:3:4)
    at ${pathToFileURL(join(services, 'shipping', 'contract.ts')).href}:7:1`;
  const error = Object.assign(new Error('boom'), { stack });
  const message = expect.stringContaining(`${CONTRACT}:7 cannot be loaded: boom`) as string;
  expect(asServiceLoadError(error, undefined, services)).toMatchObject({ message });
});

test('what failed elsewhere stays what it is, unless a file was to be loaded', () => {
  const error = thrownBy("throw new Error('boom');");
  expect(asServiceLoadError(error)).toBe(error);
  expect(asServiceLoadError(error, 'services/mine/stand-in.ts')).toMatchObject({
    message: expect.stringContaining('services/mine/stand-in.ts cannot be loaded: boom') as string,
  });
  const known = new RefrainError('RF_CONFIG', { problems: 'it is wrong' });
  expect(asServiceLoadError(known, 'services/mine/stand-in.ts')).toBe(known);
});
