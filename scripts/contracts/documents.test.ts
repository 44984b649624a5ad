import { Parser } from '@asyncapi/parser';
import { fromCloudEvent, newCommit } from '@refrain/event-log';
import { Ajv } from 'ajv';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopServices } from '../choreography/shop-services.ts';
import { refrain as run, type Said } from '../cli/refrain.fixture.ts';
import type { Catalogue } from './cloud-events-catalogue.ts';

/** An error or a warning; that there is a newer version of the format is neither. */
const isSerious = ({ severity }: { readonly severity: number }): boolean => severity < 2;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrain-export-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const exportTo = (into: string): Promise<Said> => run(['contracts', 'export', into, '--json']);

const read = (file: string): object =>
  JSON.parse(readFileSync(join(folder, 'export', file), 'utf8')) as object;

test('the export is replaced by the next one, and says what it wrote', async () => {
  await exportTo(join(folder, 'export'));
  const { code, out } = await exportTo(join(folder, 'export'));
  const { files } = JSON.parse(out) as { files: string[] };
  expect(code).toBe(0);
  expect(readdirSync(join(folder, 'export')).sort()).toEqual([
    'asyncapi.json',
    'cloudevents.json',
    'schemas',
  ]);
  expect(readdirSync(join(folder, 'export', 'schemas'))).toHaveLength(files.length - 2);
});

test('AsyncAPI’s own parser finds nothing wrong with the document', { timeout: 60_000 }, async () => {
  const parser = new Parser();
  const { document, diagnostics } = await parser.parse(
    readFileSync(join(folder, 'export', 'asyncapi.json'), 'utf8'),
  );
  expect(diagnostics.filter(isSerious)).toEqual([]);
  expect(document?.version()).toBe('3.0.0');
  const hears = document?.operations().get('payments.hears.orders.order');
  expect(
    hears
      ?.channels()
      .all()
      .map((channel) => channel.address()),
  ).toEqual(['events.orders.{partition}.order.{entityId}']);
  const takes = document?.operations().get('inventory.takes.intake.inventory.depot');
  expect(takes?.isReceive()).toBe(true);
  const wrong = await parser.parse({ asyncapi: '3.0.0', info: { title: 'no version' } });
  expect(wrong.document).toBeUndefined();
});

test('every stored sample fits the schema of its version, and with a field more it does not', () => {
  for (const { definition, samples = {} } of shopServices())
    for (const [name, data] of Object.entries(samples)) {
      const schema = read(`schemas/${definition.contract.$contract.service}.${name}.json`);
      const fits = new Ajv({ strict: false }).compile(schema);
      expect({ name, fits: fits(data), more: fits({ ...(data as object), more: 1 }) }).toEqual({
        name,
        fits: true,
        more: false,
      });
    }
});

test('what the log really stores is the message that the document describes', () => {
  const { channels, components } = read('asyncapi.json') as {
    channels: Record<string, { messages: { commit: { payload: object } } }>;
    components: object;
  };
  const payload = channels['orders.order']?.messages.commit.payload ?? {};
  const fits = new Ajv({ strict: false }).compile({ ...payload, components });
  const entity = { service: 'orders', entityType: 'order', entityId: 'o1' };
  const names = { id: 'e1', version: 1, cause: 'event:e0', reaction: 'r', correlation: 'o1' };
  const noted = { ...names, type: 'refrain.Noted', data: { cause: 'event:e0', reaction: 'r' } };
  const bodyOf = (data: unknown): unknown => {
    const events = [{ ...names, type: 'OrderPaid', data }, noted];
    return JSON.parse(newCommit({ entity, expected: 0, events }).body);
  };
  expect([fits(bodyOf({ orderId: 'o1' })), fits(bodyOf({ orderId: 1 }))]).toEqual([true, false]);
});

test('each example of the catalogue is a CloudEvent, and reads back as the event', () => {
  const { events } = read('cloudevents.json') as Catalogue;
  const kinds = shopServices().flatMap(({ samples = {} }) => Object.keys(samples));
  expect(events.map(({ type, dataversion }) => `${type}.${dataversion}`).sort()).toEqual(kinds.sort());
  for (const { type, dataversion, example, dataschema } of events) {
    if (!example) throw new Error(`${type} has no example`);
    const { event } = fromCloudEvent(example);
    expect(event).toMatchObject({ type, version: dataversion, data: example.data });
    for (const name of Object.keys(example)) expect(name).toMatch(/^[a-z0-9]+$/); // as CloudEvents wants it
    expect(read(dataschema)).toMatchObject({ type: 'object' });
  }
});

test('a folder with something else in it, and a file, are refused; nothing is written', async () => {
  const file = join(folder, 'mine.txt');
  writeFileSync(file, 'mine');
  for (const [into, problem] of [
    [folder, 'holds what is no export of contracts'],
    [file, 'is no folder'],
    [join(file, 'below'), 'cannot be made: ENOTDIR'],
  ] as const) {
    const { code, err } = await exportTo(into);
    expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(err).toContain(problem);
  }
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
