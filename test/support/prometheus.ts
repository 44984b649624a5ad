import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ruleFile, scrapeConfig } from '../../scripts/monitoring/prometheus-files.ts';
import { alerts } from '../../scripts/monitoring/rules.ts';
import { endProcess } from './end-process.ts';
import { freePort } from './free-port.ts';

/** A series as a query answers it: its labels, and the time and text of its value. */
export interface Answered {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface TestPrometheus {
  /** @throws what Prometheus says is wrong with the query. */
  query(expr: string): Promise<Answered[]>;
  /** The labels of those alerts that fire. */
  firing(name: string): Promise<Readonly<Record<string, string>>[]>;
  /** Of each rule, what its last evaluation failed with; empty where it did not. */
  ruleErrors(): Promise<string[]>;
  stop(): Promise<void>;
}

const startMsMax = 30_000;
const stopMsMax = 30_000;

/**
 * A Prometheus that reads a running shop each second, by the rules and the configuration of infra/, but for
 * the time for which an alert has to hold: `holds` for all.
 */
export async function startPrometheus(
  bin: string,
  { portBase, holds }: { portBase: number; holds: string },
): Promise<TestPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-prometheus-'));
  const rules = 'refrain.rules.yml';
  writeFileSync(join(folder, rules), ruleFile(alerts, holds));
  writeFileSync(join(folder, 'prometheus.yml'), scrapeConfig({ portBase, every: '1s', rules }));
  const address = `127.0.0.1:${await freePort()}`;
  const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--log.level=warn'];
  const child = spawn(bin, [...args, `--web.listen-address=${address}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)));
  const killWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    await endProcess(child, 'SIGTERM', stopMsMax);
    rmSync(folder, { recursive: true, force: true });
  };
  const until = performance.now() + startMsMax;
  while (!(await isReady(`http://${address}`))) {
    if (child.exitCode !== null || performance.now() > until) {
      await stop();
      throw new Error(`Prometheus did not start.\n${said}`);
    }
    await sleep(100);
  }
  return { ...asked(`http://${address}/api/v1/`), stop };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

function asked(api: string): Omit<TestPrometheus, 'stop'> {
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(api + path, { signal: AbortSignal.timeout(10_000) });
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  };
  return {
    query: async (expr) =>
      (await ask<{ result: Answered[] }>(`query?query=${encodeURIComponent(expr)}`)).result,
    firing: async (name) => {
      type Active = { labels: Record<string, string>; state: string };
      const { alerts: active } = await ask<{ alerts: Active[] }>('alerts');
      return active
        .filter(({ labels, state }) => labels['alertname'] === name && state === 'firing')
        .map(({ labels }) => labels);
    },
    ruleErrors: async () => {
      type Rule = { name: string; health: string; lastError?: string };
      const { groups } = await ask<{ groups: { rules: Rule[] }[] }>('rules');
      return groups
        .flatMap((group) => group.rules)
        .filter(({ health }) => health !== 'ok')
        .map(({ name, health, lastError = '' }) => `${name} is ${health}: ${lastError}`);
    },
  };
}
