import { readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './findings.ts';

/** Less room than this is too little: streams have no limit, and a full disk stops every append. */
const FREE_BYTES_MIN = 1024 ** 3;
const FREE_SHARE_MIN = 0.05;

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

/** Whether there is room for the log that a broker of ours keeps in this folder. */
export function diskFindings(free: { readonly bytes: number; readonly share: number }): Finding[] {
  if (free.bytes >= FREE_BYTES_MIN && free.share >= FREE_SHARE_MIN) return [];
  return [
    {
      check: 'disk',
      about: 'the broker’s store',
      found: `${gib(free.bytes)} are free, ${Math.round(free.share * 100)} % of the disk`,
      means: 'streams have no limit; when the disk is full, nothing is recorded any more',
      todo: 'make room, or move the data folder to a larger disk while the shop is down',
    },
  ];
}

export function freeOf(folder: string): { bytes: number; share: number } {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { bytes: bavail * bsize, share: blocks === 0 ? 0 : bavail / blocks };
}

/** How safely what the broker acknowledged is kept, by its configuration. */
export function syncNotes(configuration: string): Finding[] {
  const [, interval] = /^\s*sync_interval:\s*"?([^"\s]+)/m.exec(configuration) ?? [];
  if (interval === 'always') return [];
  return [
    {
      check: 'disk',
      about: 'the broker',
      found: `sync_interval is ${interval ?? 'the default, 2 min'}`,
      means: 'a power cut can take so much of what was acknowledged; the end of a process takes nothing',
      todo: 'nothing for a shop on this machine; for real money: sync_interval: always, or three servers',
    },
  ];
}

/** The configuration of a broker of ours. */
export const configurationIn = (dataFolder: string): string =>
  readFileSync(join(dataFolder, 'nats', 'nats.conf'), 'utf8');
