import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CheckedService } from '@refrain/checking';
import { messageOf } from '@refrain/errors';
import { UsageError } from '../cli/errors.ts';
import { asyncApiOf } from './asyncapi.ts';
import { catalogueOf } from './cloud-events-catalogue.ts';
import { dataSchemas } from './commit-schema.ts';
import type { Description } from './description.ts';

/** What an export consists of, and so what another one may take away. */
const OURS = ['asyncapi.json', 'cloudevents.json', 'schemas'];

/** The contracts as documents, by the path of each in their folder. */
export function documentsOf(
  shop: Description,
  services: readonly CheckedService[],
  about: { version: string },
): Readonly<Record<string, unknown>> {
  const schemas = Object.entries(dataSchemas(shop)).map(([name, schema]) => [
    `schemas/${name}.json`,
    { $schema: 'http://json-schema.org/draft-07/schema#', $id: `${name}.json`, title: name, ...schema },
  ]);
  return {
    'asyncapi.json': asyncApiOf(shop, about),
    'cloudevents.json': catalogueOf(shop, services),
    ...(Object.fromEntries(schemas) as object),
  };
}

/**
 * Writes documents into a folder, which is made, or holds an export of before: that goes.
 * @throws UsageError for a folder that is none, or that holds something else; nothing was written.
 */
export function writeDocuments(folder: string, documents: Readonly<Record<string, unknown>>): void {
  const refuse = (problem: string): UsageError =>
    new UsageError(
      `refrain contracts export: ${folder} ${problem}. Nothing was written. Name a folder that is empty or not there.`,
    );
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw refuse('is no folder');
    const others = readdirSync(folder).filter((name) => !OURS.includes(name));
    if (others.length > 0)
      throw refuse(`holds what is no export of contracts (${others.slice(0, 3).join(', ')})`);
    for (const name of OURS) rmSync(join(folder, name), { recursive: true, force: true });
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw refuse(`cannot be made: ${messageOf(error)}`);
  }
  for (const [path, document] of Object.entries(documents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${JSON.stringify(document, undefined, 2)}\n`);
  }
}
