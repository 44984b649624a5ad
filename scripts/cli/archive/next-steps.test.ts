import { expect, test } from 'vitest';
import { stepsAfterImport } from './next-steps.ts';

const usual = { nodes: 1, portBase: undefined, isForeign: false, typed: (command: string) => command };

test('the shop is started before it is taken over', () => {
  const steps = stepsAfterImport(usual);
  expect(steps.map((step) => /: (.*)$/.exec(step)?.[1])).toEqual([
    'npm start',
    'npx refrain retries ls',
    'npx refrain import --take-over --why "..."',
  ]);
});

test('it is started with what the import was told, or it would be refused, or be elsewhere', () => {
  const [start] = stepsAfterImport({ ...usual, nodes: 3, portBase: 5_700 });
  expect(start).toMatch(/: npm start -- --nodes 3 --port-base 5700$/);
  expect(stepsAfterImport({ ...usual, isForeign: true })[0]).toContain('NATS_URL');
});
