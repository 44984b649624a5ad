import { expect, test } from 'vitest';
import { awaitsNoPort, clockOrChance, decides } from './purity.ts';
import { treeFiles } from './tree.ts';

const inDecider = (text: string): string[] => clockOrChance({ path: 'services/payments/charge.ts', text });
const inRuntime = (text: string): string[] => awaitsNoPort({ path: 'shared/runtime/append.ts', text });

test.each([
  'const at = Date.now();',
  'const at = new Date();',
  'if (Math.random() < 0.5) return [];',
  'const t = performance.now();',
  'setTimeout(again, 100);',
  'setInterval(again, 100);',
  "const url = process.env['X'];",
  'const id = crypto.randomUUID();',
])('a decider may not say %s', (text) => {
  expect(inDecider(text)).toHaveLength(1);
});

test.each([
  'const at = new Date(command.atMs);',
  '// Date.now() would differ at a replay',
  "const url = 'http://x';",
])('a decider may say %s', (text) => {
  expect(inDecider(text)).toEqual([]);
});

test('what a service wires to the world may use the clock, what it decides with may not', () => {
  expect(decides('services/payments/main.ts')).toBe(false);
  expect(decides('services/orders/read-model-store.ts')).toBe(false);
  expect(decides('services/payments/gateway.fake.ts')).toBe(false);
  expect(decides('services/payments/charge.test.ts')).toBe(false);
  expect(decides('services/payments/contract/index.ts')).toBe(true);
  expect(decides('services/payments/reactions.ts')).toBe(true);
  expect(decides('shared/runtime/cache.ts')).toBe(true);
  expect(decides('shared/jetstream/log.ts')).toBe(false);
});

test.each([
  'await new Promise((done) => later(done));',
  'await setTimeout(5);',
  'await fetch(url);',
  "const x = await import('./x.ts');",
  'await fs.readFile(path);',
  'const r = await (fetch(url));',
  'await sleep(5)',
])('the runtime may not say %s', (text) => {
  expect(inRuntime(text)).toHaveLength(1);
});

test.each([
  'await log.append(commit);',
  'await this.clock.wait(5);',
  'await Promise.all(all);',
  'await handle(one);',
])('the runtime may say %s', (text) => {
  expect(inRuntime(text)).toEqual([]);
});

test('nothing that decides uses clock, chance or the environment', () => {
  expect(treeFiles().flatMap(clockOrChance)).toEqual([]);
});

test('the runtime awaits nothing but ports and itself', () => {
  expect(treeFiles().flatMap(awaitsNoPort)).toEqual([]);
});
