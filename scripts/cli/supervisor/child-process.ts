import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { compileCacheOf, root } from '../paths.ts';

/**
 * In this order, and ended the other way round. The governor comes before those it governs; the edge after
 * them, so that nobody places an order before the shop can keep it; the console last: it only looks on.
 */
export const stages = ['broker', 'sandbox', 'governor', 'service', 'edge', 'console'] as const;
export type Stage = (typeof stages)[number];

/** A child as data: nothing of it is decided while it runs. */
export interface ProcessSpec {
  readonly name: string;
  readonly stage: Stage;
  /** The file that Node runs. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** All that it gets of the environment besides what every process needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it will listen, by name; none for what takes a free port. */
  readonly ports: Readonly<Record<string, number>>;
  /** How long it may take to end, in milliseconds. */
  readonly graceMs: number;
}

/** What any program needs of its surroundings. Nothing of it is a secret of ours. */
const everyone = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'SYSTEMROOT',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
];

/**
 * Starts it in a process group of its own, so that the terminal's Ctrl-C reaches only the supervisor,
 * which ends its children in order. The IPC channel is how a child notices that the supervisor is gone.
 */
export function spawnChild(
  spec: ProcessSpec,
  onLine: (raw: string, stream: 'stdout' | 'stderr') => void,
): ChildProcess {
  const surroundings = Object.fromEntries(
    everyone.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(process.execPath, [spec.entry, ...(spec.args ?? [])], {
    cwd: root,
    env: { ...surroundings, ...compileCacheOf(root), NO_COLOR: '1', ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    const input = child[stream];
    if (input) createInterface({ input }).on('line', (raw) => onLine(raw, stream));
  }
  return child;
}
