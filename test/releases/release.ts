import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A message as the broker of a release kept it. */
const message = z.object({
  stream: z.string(),
  seq: z.int(),
  subject: z.string(),
  at: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type StoredMessage = z.output<typeof message>;

/** What the doors and desks of that release said of it. */
const about = z.object({
  version: z.string(),
  platformId: z.string(),
  clientKey: z.string(),
  /** The order that was placed under that key. */
  orderId: z.string(),
  /** `GET /orders`. */
  orders: z.unknown(),
  /** The operations that wait for a person. */
  waiting: z.array(z.string()),
});
export type About = z.output<typeof about>;

export interface Release {
  readonly about: About;
  readonly messages: readonly StoredMessage[];
}

/** The releases whose data is kept. */
export const releases = (): string[] => globSync('*/about.json', { cwd: import.meta.dirname }).sort();

export function readRelease(path: string): Release {
  const folder = join(import.meta.dirname, path, '..');
  const lines = readFileSync(join(folder, 'messages.ndjson'), 'utf8').trimEnd().split('\n');
  return {
    about: about.parse(JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8'))),
    messages: lines.map((line) => message.parse(JSON.parse(line))),
  };
}
