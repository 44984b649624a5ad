import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Empty, Failed, Loading } from './parts/state.tsx';
import { Shell } from './shell/shell.tsx';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Empty title="There is no such page" text="The navigation has all there are." />,
});

const map = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./map/map-page.tsx'), 'MapPage'),
});

const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  validateSearch: (search): { status?: string | undefined; query?: string | undefined } => ({
    status: text(search['status']),
    query: text(search['query']),
  }),
  component: lazyRouteComponent(() => import('./orders/orders-page.tsx'), 'OrdersPage'),
});

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$orderId',
  validateSearch: (
    search,
  ): {
    view?: string | undefined;
    operation?: string | undefined;
    entity?: string | undefined;
    at?: number | undefined;
  } => ({
    view: text(search['view']),
    operation: text(search['operation']),
    entity: text(search['entity']),
    at: typeof search['at'] === 'number' ? search['at'] : undefined,
  }),
  component: lazyRouteComponent(() => import('./order/order-page.tsx'), 'OrderPage'),
});

const retries = createRoute({
  getParentRoute: () => root,
  path: '/retries',
  validateSearch: (search): { state?: string | undefined } => ({ state: text(search['state']) }),
  component: lazyRouteComponent(() => import('./retries/retries-page.tsx'), 'RetriesPage'),
});

const letters = createRoute({
  getParentRoute: () => root,
  path: '/dead-letters',
  component: lazyRouteComponent(() => import('./dead-letters/letters-page.tsx'), 'LettersPage'),
});

const letterGroup = createRoute({
  getParentRoute: () => root,
  path: '/dead-letters/$service/$group',
  component: lazyRouteComponent(() => import('./dead-letters/group-page.tsx'), 'GroupPage'),
});

const replay = createRoute({
  getParentRoute: () => root,
  path: '/replay',
  component: lazyRouteComponent(() => import('./replay/replay-page.tsx'), 'ReplayPage'),
});

const faults = createRoute({
  getParentRoute: () => root,
  path: '/faults',
  component: lazyRouteComponent(() => import('./faults/faults-page.tsx'), 'FaultsPage'),
});

export const createPages = () =>
  createRouter({
    routeTree: root.addChildren([map, orders, order, retries, letters, letterGroup, replay, faults]),
    defaultPendingComponent: () => <Loading what="the page" />,
    defaultErrorComponent: ({ error, reset }) => (
      <Failed title="This page broke" error={error} retry={reset} command="npx refrain doctor" />
    ),
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
