import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import type { FoundShop } from '../shop-at.ts';

const model = z.object({
  name: z.string(),
  serving: z.boolean(),
  behind: z.number(),
  building: z.object({ read: z.number(), behind: z.number() }).optional(),
});
const models = z.object({ items: z.array(model) });

/** An instance, and how its read models stand. */
export interface Rebuilt {
  readonly instance: string;
  readonly models: z.output<typeof models>['items'];
}

interface Instance {
  readonly name: string;
  readonly url: string;
  readonly ready: boolean;
}

const pollMs = 250;
const requestMsMax = 10_000;

/** All instances of a service, the ones that are starting too. */
export const instancesOf = ({ processes }: FoundShop, service: string): Instance[] =>
  processes
    .filter(({ name }) => name === service || name.startsWith(`${service}-`))
    .map(({ name, url, status }) => ({ name, url, ready: status === 'ready' && url !== '' }));

/**
 * Asks every instance to build its read models anew, and waits until they are. Where one is killed meanwhile,
 * the next one of its name goes on with what it had begun.
 * @throws RF_UNREACHABLE when an instance is not ready at the beginning, before anything is asked.
 */
export async function rebuildAll(
  instances: () => readonly Instance[],
  { waitMs, onProgress }: { readonly waitMs: number; readonly onProgress: (text: string) => void },
): Promise<Rebuilt[]> {
  const begun = instances();
  const away = begun.find(({ ready }) => !ready);
  if (away || begun.length === 0)
    throw unreachable(away?.name ?? 'the service', 'it is not ready; nothing was done');
  const giveUpAt = performance.now() + waitMs;
  const done = new Map<string, Rebuilt['models']>();
  for (const { name, url } of begun) done.set(name, await ask(url, 'POST', 'read-models/rebuild'));
  const isOpen = (): boolean => [...done.values()].flat().some(({ building }) => building !== undefined);
  while (isOpen() && performance.now() < giveUpAt) {
    await sleep(pollMs);
    for (const { name, url, ready } of instances())
      if (ready && done.has(name)) done.set(name, (await seen(url)) ?? done.get(name) ?? []);
    onProgress(progressOf(done));
  }
  return [...done].map(([instance, found]) => ({ instance, models: found }));
}

function progressOf(done: ReadonlyMap<string, Rebuilt['models']>): string {
  const open = [...done].flatMap(([instance, found]) =>
    found.flatMap(({ building }) =>
      building ? [`${instance} ${building.read} read, ${building.behind} left`] : [],
    ),
  );
  return open.join('; ');
}

async function seen(url: string): Promise<Rebuilt['models'] | undefined> {
  try {
    return await ask(url, 'GET', 'read-models');
  } catch {
    return undefined; // killed perhaps: what it had begun is looked for in the next one
  }
}

async function ask(url: string, method: 'GET' | 'POST', path: string): Promise<Rebuilt['models']> {
  const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {};
  try {
    const signal = AbortSignal.timeout(requestMsMax);
    const response = await fetch(`${url}/operator/${path}`, { method, signal, ...body });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return models.parse(await response.json()).items;
  } catch (error) {
    throw unreachable(url, messageOf(error));
  }
}

const unreachable = (where: string, problem: string): RefrainError =>
  new RefrainError('RF_UNREACHABLE', { what: 'the service', where, problem });
