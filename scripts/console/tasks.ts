import { randomUUID } from 'node:crypto';
import type { Task } from '@refrain/console/api';
import { messageOf } from '@refrain/errors';
import { refused } from './problems.ts';

/** So many are remembered; those that run are never forgotten. */
const KEPT_MAX = 20;

/** How a task tells how far it is. `share`: from 0 to 1. */
export type Report = (progress: string, share?: number) => void;

export interface TaskWork {
  readonly kind: Task['kind'];
  /** What was asked for, in a few words. */
  readonly about: string;
  readonly work: (report: Report, signal: AbortSignal) => Promise<unknown>;
}

interface Running {
  task: Task;
  readonly stop: AbortController;
}

/** What takes longer than a request. Of each kind one runs at a time. */
export class Tasks {
  readonly #all = new Map<string, Running>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws Problem 409 while one of its kind runs. */
  start({ kind, about, work }: TaskWork): Task {
    const other = [...this.#all.values()].find(({ task }) => task.kind === kind && task.state === 'running');
    if (other)
      throw refused(
        `One of its kind runs already (${kind}: ${other.task.about}). Wait for its end, or stop it. Nothing was begun.`,
      );
    const id = randomUUID();
    const task: Task = { id, kind, about, state: 'running', startedAt: this.#time(), progress: '' };
    const running: Running = { task, stop: new AbortController() };
    this.#all.set(id, running);
    this.#forget();
    void this.#run(running, work);
    return task;
  }

  get(id: string): Task | undefined {
    return this.#all.get(id)?.task;
  }

  /** Newest first, without results. */
  list(): Task[] {
    return [...this.#all.values()].toReversed().map(({ task: { result: _result, ...task } }) => task);
  }

  /** Asks it to end. What it has done stays done. */
  stop(id: string): Task | undefined {
    const running = this.#all.get(id);
    running?.stop.abort();
    return running?.task;
  }

  stopAll(): void {
    for (const { stop } of this.#all.values()) stop.abort();
  }

  async #run(running: Running, work: TaskWork['work']): Promise<void> {
    const { signal } = running.stop;
    const report: Report = (progress, share) => {
      running.task = { ...running.task, progress, ...(share !== undefined && { share }) };
    };
    const end = (how: Partial<Task>): void => {
      running.task = { ...running.task, endedAt: this.#time(), ...how };
    };
    try {
      const result = await work(report, signal);
      end({ state: signal.aborted ? 'stopped' : 'done', result });
    } catch (error) {
      end(signal.aborted ? { state: 'stopped' } : { state: 'failed', problem: messageOf(error) });
    }
  }

  #forget(): void {
    for (const [id, { task }] of this.#all) {
      if (this.#all.size <= KEPT_MAX) return;
      if (task.state !== 'running') this.#all.delete(id);
    }
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
