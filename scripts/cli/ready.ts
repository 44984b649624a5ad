import { greetingOf } from './supervisor/nats-greeting.ts';
import type { RunningProcess } from './supervisor/run-file.ts';

/** How long a process may take to say whether it is ready, in milliseconds. */
const answerMs = 2_000;

/** A process as it is now: one that runs and does not say that it is ready, when it is asked, is starting. */
export async function asItSays(entry: RunningProcess): Promise<RunningProcess> {
  if (entry.status !== 'ready' || entry.url === '') return entry;
  return (await saysReady(entry.url)) ? entry : { ...entry, status: 'starting' };
}

async function saysReady(url: string): Promise<boolean> {
  try {
    if (!url.startsWith('http')) return (await greetingOf(url, answerMs)).version !== '';
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(answerMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
