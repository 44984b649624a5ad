import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { seedBroker } from './seeded-broker.ts';
import { type Launched, launch } from './started.ts';

interface Model {
  readonly serving: boolean;
  readonly building?: { readonly read: number };
}

const get = async <T>(url: string, path: string): Promise<T> => {
  const response = await fetch(`${url}${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};
const modelOf = async ({ url }: Launched): Promise<Model> => {
  const { items } = await get<{ items: Model[] }>(url, '/operator/read-models');
  return items[0] as Model;
};
const listOf = async ({ url }: Launched): Promise<string> => {
  const pages = ['', '?status=placed', '?status=completed&limit=1000'].map((query) =>
    get<unknown[]>(url, `/orders${query}`),
  );
  return JSON.stringify(await Promise.all(pages));
};

test('a read model is rebuilt while it answers, goes on after a SIGKILL, and never shows a half', {
  timeout: 180_000,
}, async () => {
  const broker = await seedBroker('orders', 6_000, () => {});
  const dataDir = mkdtempSync(join(tmpdir(), 'refrain-rebuild-'));
  onTestFinished(async () => {
    await broker.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const spec = { service: 'orders', natsUrl: broker.url, dataDir };
  const first = await launch(spec);
  const whole = await listOf(first);
  expect(JSON.parse(whole)).toMatchObject([{ length: 100 }, { length: 0 }, { length: 1_000 }]);

  const headers = { 'content-type': 'application/json' };
  await fetch(`${first.url}/operator/read-models/rebuild`, { method: 'POST', headers, body: '{}' });
  let read = 0;
  while (read < 500) {
    const { serving, building } = await modelOf(first);
    expect([serving, building !== undefined]).toEqual([true, true]);
    read = building?.read ?? 0;
    expect(await listOf(first)).toBe(whole);
  }
  await first.kill();

  const second = await launch(spec);
  onTestFinished(() => second.kill());
  const { building } = await modelOf(second);
  // It goes on; on a fast machine it is over.
  expect(building?.read ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(read);
  for (let open = true; open; ) {
    expect(await listOf(second)).toBe(whole);
    open = (await modelOf(second)).building !== undefined;
    await sleep(20);
  }
  expect(await listOf(second)).toBe(whole);
});
