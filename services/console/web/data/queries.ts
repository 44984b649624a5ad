import { keepPreviousData, QueryClient, queryOptions } from '@tanstack/react-query';
import {
  choreographyMap,
  entityPage,
  faultsPage,
  governorHistory,
  governorPage,
  lettersOverview,
  lettersPage,
  orderPage,
  ordersPage,
  overview,
  retriesPage,
  routes,
  session,
} from '@refrain/console/api';
import { ask, Refused, withQuery } from './ask.ts';
import { whenFree } from './hold.ts';

/** What was looked at is forgotten a minute after nobody looks at it. */
export const createQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: 60_000,
        staleTime: 1_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 2 && !(error instanceof Refused && error.status >= 400),
      },
    },
  });

/** `everyMs`: how often it is asked for again while somebody looks. */
const query = <T>(key: readonly unknown[], read: (signal: AbortSignal) => Promise<T>, everyMs?: number) =>
  queryOptions({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const answer = await read(signal);
      await whenFree();
      return answer;
    },
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });

export const sessionQuery = query(['session'], (signal) => ask(routes.session, session, { signal }), 30_000);
export const overviewQuery = query(
  ['overview'],
  (signal) => ask(routes.overview, overview, { signal }),
  5_000,
);
export const mapQuery = query(['map'], (signal) => ask(routes.map, choreographyMap, { signal }), 60_000);
export const governorQuery = query(
  ['governor'],
  (signal) => ask(routes.governor, governorPage, { signal }),
  1_000,
);
export const faultsQuery = query(['faults'], (signal) => ask(routes.faults, faultsPage, { signal }), 3_000);
export const lettersQuery = query(
  ['dead-letters'],
  (signal) => ask(routes.deadLetters, lettersOverview, { signal }),
  4_000,
);

export interface ListQuery {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export const ordersQuery = (
  asked: ListQuery & { status?: string | undefined; query?: string | undefined },
) => ({
  ...query(
    ['orders', asked],
    (signal) => ask(withQuery(routes.orders, { ...asked }), ordersPage, { signal }),
    4_000,
  ),
  placeholderData: keepPreviousData,
});

export const orderQuery = (orderId: string) => ({
  ...query(['order', orderId], (signal) => ask(routes.order(orderId), orderPage, { signal })),
  // What has settled changes only where a person or a late answer changes it.
  refetchInterval: ({ state }: { state: { data?: { settledAt?: string | undefined } | undefined } }) =>
    state.data?.settledAt === undefined ? 2_000 : 10_000,
});

export const entityQuery = (of: { service: string; type: string; id: string; at?: number | undefined }) => ({
  ...query(['entity', of], (signal) =>
    ask(withQuery(routes.entity(of.service, of.type, of.id), { at: of.at }), entityPage, { signal }),
  ),
  placeholderData: keepPreviousData,
});

export const retriesQuery = (
  asked: ListQuery & { state?: string | undefined; flow?: string | undefined },
) => ({
  ...query(
    ['retries', asked],
    (signal) => ask(withQuery(routes.retries, { ...asked }), retriesPage, { signal }),
    2_000,
  ),
  placeholderData: keepPreviousData,
});

export const verdictsQuery = (asked: ListQuery) => ({
  ...query(
    ['verdicts', asked],
    (signal) => ask(withQuery(routes.verdicts, { ...asked }), retriesPage, { signal }),
    4_000,
  ),
  placeholderData: keepPreviousData,
});

export const letterGroupQuery = (service: string, group: string, asked: ListQuery) => ({
  ...query(
    ['dead-letters', service, group, asked],
    (signal) => ask(withQuery(routes.deadLetterGroup(service, group), { ...asked }), lettersPage, { signal }),
    4_000,
  ),
  placeholderData: keepPreviousData,
});

export const historyQuery = (dependency: string) =>
  query(
    ['governor-history', dependency],
    (signal) => ask(routes.governorHistory(dependency), governorHistory, { signal }),
    3_000,
  );
