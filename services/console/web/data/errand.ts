import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Errand, errand, errandsPage, routes } from '@refrain/console/api';
import { ask, send } from './ask.ts';

const againMs = 500;

/** Begins something that takes longer than a request. */
export const begin = (path: string, body: unknown = {}): Promise<Errand> => send(path, errand, body);

export const stop = (id: string): Promise<Errand> => send(routes.errandStop(id), errand);

/**
 * The latest of a kind, with its result once it is done; asked for again each half second while it runs. It
 * is found again after the page was left, for as long as the console runs.
 */
export function useErrand(kinds: readonly Errand['kind'][]) {
  const queries = useQueryClient();
  const key = ['errands', ...kinds];
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(routes.errands, errandsPage, { signal }),
    refetchInterval: 3_000,
  });
  const latest = list.data?.items.find(({ kind }) => kinds.includes(kind));
  const one = useQuery({
    queryKey: ['errand', latest?.id],
    queryFn: ({ signal }) => ask(routes.errand(latest?.id ?? ''), errand, { signal }),
    enabled: latest !== undefined,
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : againMs),
  });
  const start = useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => begin(path, body),
    onSettled: async () => await queries.invalidateQueries({ queryKey: ['errands'] }),
  });
  return { current: one.data ?? latest, start };
}
