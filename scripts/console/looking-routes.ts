import {
  type ChoreographyMap,
  entityQuery,
  name,
  orderRequest,
  ordersQuery,
  type Overview,
  type Session,
} from '@refrain/console/api';
import { readStrictly } from '@refrain/http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { dependenciesOf } from '../cli/doctor/log-facts.ts';
import { guestsOf } from '../cli/guests/guest-list.ts';
import { serviceNames } from '../cli/supervisor/found-services.ts';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { findOperation } from '../cli/why/find.ts';
import { storyOf } from '../cli/why/story.ts';
import { graphOf } from '../graph/graph.ts';
import { choreographyOf } from './choreography.ts';
import { entityPageOf } from './entity-page.ts';
import { isKnown } from './guard.ts';
import { orderPageOf } from './order-page.ts';
import { searchOrders } from './orders-search.ts';
import { type ConsoleParts, idOf } from './parts.ts';
import { busy, unknown } from './problems.ts';
import { needSandboxes, placeOrder, sandboxesOf } from './sandboxes.ts';

const ofEntity = z.strictObject({ service: name, type: name, id: name });

/** What one looks at: the shop, its orders, its entities. */
export function lookingRoutes(door: FastifyInstance, parts: ConsoleParts): void {
  shopRoutes(door, parts);
  orderRoutes(door, parts);
}

function shopRoutes(door: FastifyInstance, parts: ConsoleParts): void {
  const { settings, shop, standing, follower, feed } = parts;
  const contracts = shopDefinitions().map(({ contract }) => contract.$contract);

  door.get('/api/session', { config: { isOpen: true } }, async (request): Promise<Session> => {
    const { readOnly, token, traceUrlTemplate = null } = settings;
    const nothing = { sandboxes: [], traceUrlTemplate: null, services: [], dependencies: [], guests: [] };
    if (!isKnown(request, token)) return { needsToken: true, readOnly, ...nothing };
    const found = shop.found();
    return {
      needsToken: false,
      readOnly,
      sandboxes: sandboxesOf(found),
      traceUrlTemplate,
      services: [...serviceNames],
      dependencies: dependenciesOf(contracts),
      guests: guestsOf(found.dataFolder).map(({ service }) => service),
    };
  });

  door.get('/api/overview', async (): Promise<Overview> => {
    const { processes, services, matters, words, missing } = await standing.read();
    return {
      at: new Date().toISOString(),
      processes: [...processes],
      services: [...services],
      matters: [...matters],
      words: [...words],
      events: Object.fromEntries(follower.counts),
      countedFrom: follower.countedFrom,
      counted: follower.isCounted,
      missing: [...missing],
    };
  });

  door.get('/api/map', async (): Promise<ChoreographyMap> => {
    const { services, words, missing } = await standing.read();
    const { nodes, edges } = choreographyOf(graphOf(shopDefinitions()), guestsOf(shop.found().dataFolder));
    const at = new Date().toISOString();
    return { at, nodes, edges, services: [...services], words: [...words], missing: [...missing] };
  });

  door.get('/api/live', { exposeHeadRoute: false }, async (_, reply) => {
    if (!feed.listen(reply.raw)) throw busy('as many listen as can');
    // What hooks have put on the reply goes out with it.
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream',
    });
    reply.raw.flushHeaders();
  });
}

function orderRoutes(door: FastifyInstance, { shop, mask, heavily }: ConsoleParts): void {
  door.get('/api/orders', async (request) => {
    const asked = readStrictly(ordersQuery, request.query, 'query');
    return await (asked.query === undefined
      ? searchOrders(shop, asked)
      : heavily(async () => await searchOrders(shop, asked)));
  });

  door.post('/api/orders', { config: { changes: true } }, async (request, reply) => {
    const body = readStrictly(orderRequest, request.body, 'body');
    needSandboxes(shop.found());
    return reply.code(202).send({ orderId: await placeOrder(shop.found(), body) });
  });

  door.get('/api/orders/:id', async (request) => {
    const id = idOf(request);
    return await heavily(async () => {
      const { log } = await shop.log();
      const page = await orderPageOf(shop.found(), log, id, mask);
      if (!page) throw unknown(`The log knows no order ${id}`);
      return page;
    });
  });

  door.get('/api/operations/:id', async (request) => {
    const id = idOf(request);
    return await heavily(async () => {
      const { log } = await shop.log();
      const found = await findOperation(log, id);
      if (!found) throw unknown(`The log knows no operation ${id}`);
      const story = storyOf(found, id, Date.now());
      return { ...story, steps: story.steps.map((step) => ({ ...step, data: mask(step.data) })) };
    });
  });

  door.get('/api/entities/:service/:type/:id', async (request) => {
    const { service, type, id } = readStrictly(ofEntity, request.params, 'entity');
    const { at } = readStrictly(entityQuery, request.query, 'query');
    return await heavily(async () => {
      const { log } = await shop.log();
      const page = await entityPageOf(log, { service, entityType: type, entityId: id }, at, mask);
      if (!page) throw unknown(`${service} ${type}/${id} is not in the log`);
      return page;
    });
  });
}
