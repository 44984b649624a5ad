import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { platformEvents } from './platform-events.ts';

const folder = join(import.meta.dirname, 'samples');
const stored = readdirSync(folder).sort();

test('every event of the platform has one stored sample of each version, and each sample its event', () => {
  const wanted = Object.keys(platformEvents).map((type) => `${type}.1.json`);
  expect(stored).toEqual(wanted.sort());
});

test.each(stored)('%s is still read, whole', (file) => {
  const type = file.replace(/\.1\.json$/, '') as keyof typeof platformEvents;
  const data: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  expect(platformEvents[type].parse(data)).toEqual(data);
});
