import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefrainError } from '@refrain/errors';
import { afterAll, expect, test } from 'vitest';
import { unusable } from './unusable.ts';

const folder = mkdtempSync(join(tmpdir(), 'refrain-unusable-'));
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

test.each([
  ['const x = ;', 'Expression expected'],
  ['enum Kind { A }', 'TypeScript enum is not supported in strip-only mode'],
  ["throw new Error('boom');", 'boom'],
])(
  'a service whose contract reads %s is named by file and line, and not as a defect of ours',
  (line, says) => {
    const problems = `services/shipping/contract.ts:2 cannot be used: ${says}`;
    const error = unusable(thrownBy(line), undefined, services);
    expect(error).toMatchObject({ code: 'RF_CONFIG', message: expect.stringContaining(problems) as string });
  },
);

test('where Node does not say where a syntax error is, the compiler is named that does', () => {
  const { message } = thrownBy('const name = 1;');
  const cause = new SyntaxError(message);
  expect(message).toBe("Identifier 'name' has already been declared");
  for (const path of [undefined, 'services/mine/stand-in.ts'])
    expect(unusable(cause, path)).toMatchObject({
      message: expect.stringContaining(`${message} (npx tsc --noEmit tells where)`) as string,
    });
});

test('what failed elsewhere stays what it is, unless a file was to be loaded', () => {
  const error = thrownBy("throw new Error('boom');");
  expect(unusable(error)).toBe(error);
  expect(unusable(error, 'services/mine/stand-in.ts')).toMatchObject({
    message: expect.stringContaining('services/mine/stand-in.ts cannot be used: boom') as string,
  });
  const known = new RefrainError('RF_CONFIG', { problems: 'it is wrong' });
  expect(unusable(known, 'services/mine/stand-in.ts')).toBe(known);
});
