import { greetingOf } from './supervisor/nats-greeting.ts';
import type { RunningProcess } from './supervisor/run-file.ts';

/**
 * A process as it is now: one that runs and does not say within `answerMs` milliseconds that it is ready
 * when it is asked, is starting.
 */
export async function asItSays(entry: RunningProcess, answerMs = 2_000): Promise<RunningProcess> {
  if (entry.status !== 'ready' || entry.url === '') return entry;
  return (await saysReady(entry.url, answerMs)) ? entry : { ...entry, status: 'starting' };
}

async function saysReady(url: string, answerMs: number): Promise<boolean> {
  try {
    if (!url.startsWith('http')) return (await greetingOf(url, answerMs)).version !== '';
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(answerMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
