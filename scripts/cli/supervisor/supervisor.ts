import { existsSync, mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../paths.ts';
import { UsageError } from '../errors.ts';
import { type ProcessSpec, type Stage, stages } from './child-process.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { readLogLine } from './log-line.ts';
import { busyPort } from './ports.ts';
import { keptDownBy } from './restart-claim.ts';
import { type RunFile, writeRunFile } from './run-file.ts';
import { type SupervisedChild, superviseChild } from './supervised-child.ts';
import type { Terminal } from './terminal.ts';

export interface SupervisorOptions {
  readonly dataFolder: string;
  readonly specs: readonly ProcessSpec[];
  /** All of run.json but the processes. */
  readonly about: Omit<RunFile, 'processes'>;
  readonly terminal: Terminal;
  /** Work between two stages, when everything of the stage is ready for the first time. */
  readonly after?: Partial<Record<Stage, () => Promise<void>>>;
  /** A process as it is to be started now; default: as it was at first. */
  readonly renewed?: (spec: ProcessSpec) => ProcessSpec;
}

export interface Supervisor {
  /** Starts stage by stage. Resolves when all is ready, or when it was told to stop. */
  start(): Promise<void>;
  run(): RunFile;
  /** Ends services, then sandboxes, then the broker. Called again, it waits for the same end. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}

const saidEveryMs = 15_000;

/** Keeps all processes of a shop running, and `run.json` current. */
export function createSupervisor({
  dataFolder,
  specs,
  about,
  terminal,
  after = {},
  renewed = (spec) => spec,
}: SupervisorOptions): Supervisor {
  mkdirSync(join(dataFolder, 'logs'), { recursive: true, mode: 0o700 });
  const logs = openLogs(dataFolder);
  const stopped = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;

  const run = (): RunFile => ({
    ...about,
    processes: [supervisorEntry(about), ...children.map((child) => child.entry())],
  });
  const changed = (): void => writeRunFile(dataFolder, run());

  const children = specs.map((spec) =>
    superviseChild(spec, {
      current: () => renewed(spec),
      isKeptDown: () => keptDownBy(dataFolder, spec.name) !== undefined,
      changed,
      say: terminal.say,
      line: (raw) => {
        logs.of(spec).write(`${raw}\n`);
        terminal.show(spec.name, readLogLine(raw));
      },
    }),
  );
  const flushing = setInterval(terminal.flush, 1_000).unref();
  const inStage = (stage: Stage): SupervisedChild[] => children.filter(({ spec }) => spec.stage === stage);

  const start = async (): Promise<void> => {
    changed();
    for (const stage of stages) {
      if (stopping) return;
      for (const child of inStage(stage)) child.start();
      await allReady(inStage(stage));
      if (stopping) return;
      await after[stage]?.().catch((error: unknown) => {
        // Told to stop meanwhile, the work failed because its broker went away.
        if (!stopping) throw error;
      });
    }
  };

  const allReady = async (stage: readonly SupervisedChild[]): Promise<void> => {
    const waiting = setInterval(() => {
      const late = stage.map((child) => child.entry()).filter(({ status }) => status !== 'ready');
      terminal.say(`still waiting for ${late.map(({ name, status }) => `${name} (${status})`).join(', ')}`);
    }, saidEveryMs).unref();
    await Promise.race([stopped.promise, Promise.all(stage.map((child) => child.ready))]);
    clearInterval(waiting);
  };

  const stop = async (): Promise<void> => {
    stopped.resolve();
    for (const stage of stages.toReversed()) await Promise.all(inStage(stage).map((child) => child.stop()));
    clearInterval(flushing);
    terminal.flush();
    logs.close();
  };

  return {
    start,
    run,
    stop: () => (stopping ??= stop()),
    kill: () => {
      for (const child of children) child.kill();
    },
  };
}

/** The log file of each process, opened when it says something for the first time. */
function openLogs(dataFolder: string) {
  const logs = new Map<string, LogFile>();
  return {
    of: ({ name: process, stage }: ProcessSpec): LogFile => {
      // nats-server writes its own file; beside it lies what its keeper says.
      const name = stage === 'broker' ? `${process}-keeper` : process;
      const file = logs.get(name) ?? openLogFile(join(dataFolder, 'logs', `${name}.log`));
      logs.set(name, file);
      return file;
    },
    close: () => {
      for (const file of logs.values()) file.close();
    },
  };
}

const supervisorEntry = ({ supervisor }: Pick<RunFile, 'supervisor'>) => ({
  ...supervisor,
  name: 'supervisor',
  url: '',
  status: 'ready' as const,
});

/**
 * @throws UsageError naming every file that is missing and every port that is taken; nothing has been
 * started.
 */
export async function checkBeforeStart(
  specs: readonly Pick<ProcessSpec, 'entry' | 'ports'>[],
): Promise<void> {
  const missing = specs.filter(({ entry }) => !existsSync(entry)).map(({ entry }) => relative(root, entry));
  if (missing.length > 0) {
    throw new UsageError(
      `This checkout lacks ${[...new Set(missing)].join(', ')}. Nothing was started. Leave those out with --only, or check it out again.`,
    );
  }
  const wanted = specs.flatMap(({ ports }) => Object.entries(ports).map(([name, port]) => ({ name, port })));
  const checked = await Promise.all(
    wanted.map(async ({ name, port }) => ({ name, busy: await busyPort(port) })),
  );
  const taken = checked.flatMap(({ name, busy }) =>
    busy ? [`port ${busy.port} (${name}) is in use by ${busy.holder}`] : [],
  );
  if (taken.length === 0) return;
  throw new UsageError(
    `${capital(taken.join('; '))}. Nothing was started. Stop what listens there, or move all ports with --port-base N.`,
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
