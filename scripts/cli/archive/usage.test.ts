import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { refrain } from '../refrain.fixture.ts';

test.each([
  ['is there already; name a new file. Nothing was written.', ['export', '@there']],
  ['none is no folder. Nothing was written.', ['export', '@none/new']],
  ['unknown service "shipping", expected one of orders, ', ['export', '@new', '--service', 'shipping']],
  ['--why expects the reason, found nothing. Nothing was done.', ['import', '--take-over']],
  ['new is no file. Nothing was written.', ['import', '@new']],
])('%s: one line, wrong usage, and nothing is done', async (said, argv) => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-usage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'there'), '');
  const typed = argv.map((word) => word.replace('@', `${folder}/`));
  const { code, out, err } = await refrain(typed, { REFRAIN_DATA: join(folder, 'data') });
  expect(err).toContain(said);
  expect({ code, out, lines: err.split('\n').length }).toEqual({ code: 2, out: '', lines: 2 });
  expect(readdirSync(folder)).toEqual(['there']);
});
