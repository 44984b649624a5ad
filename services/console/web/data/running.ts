import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  type Task as Running,
  routes,
  task as running,
  tasksPage as runningPage,
} from '@refrain/console/api';
import { ask, send } from './ask.ts';

export type { Task as Running } from '@refrain/console/api';

const againMs = 500;

/** Begins something that takes longer than a request. */
export const begin = (path: string, body: unknown = {}): Promise<Running> => send(path, running, body);

export const stop = (id: string): Promise<Running> => send(routes.taskStop(id), running);

/**
 * The latest of a kind, with its result once it is done; asked for again each half second while it runs. It is
 * found again after the page was left, for as long as the console runs.
 */
export function useRunning(kinds: readonly Running['kind'][]) {
  const queries = useQueryClient();
  const key = ['running', ...kinds];
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(routes.tasks, runningPage, { signal }),
    refetchInterval: 3_000,
  });
  const latest = list.data?.items.find(({ kind }) => kinds.includes(kind));
  const one = useQuery({
    queryKey: ['running-one', latest?.id],
    queryFn: ({ signal }) => ask(routes.task(latest?.id ?? ''), running, { signal }),
    enabled: latest !== undefined,
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : againMs),
  });
  const start = useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => begin(path, body),
    onSettled: async () => await queries.invalidateQueries({ queryKey: ['running'] }),
  });
  return { current: one.data ?? latest, start };
}
