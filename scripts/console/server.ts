import { login } from '@refrain/console/api';
import { openDoor, Problem, readStrictly } from '@refrain/http';
import { messageOf } from '@refrain/errors';
import type { FastifyInstance } from 'fastify';
import { actingRoutes } from './acting-routes.ts';
import {
  cookieFor,
  foreignOrigin,
  foreignSite,
  headers,
  isForElsewhere,
  isFromHere,
  isKnown,
  isSame,
  readOnly,
  tokenRequired,
} from './guard.ts';
import { lookingRoutes } from './looking-routes.ts';
import type { Page } from './page.ts';
import { pageRoutes } from './page-routes.ts';
import type { ConsoleParts } from './parts.ts';
import { problemFor } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It changes something, so a console that only reads refuses it. */
    changes?: boolean;
    /** It is shown before the token is given. Whatever does not say so needs it. */
    isOpen?: boolean;
  }
}

/** Who listens there is reached under any name. */
const wildcards = ['0.0.0.0', '[::]'];
/** The door's own: they tell nothing of the shop. */
const health = ['/health/live', '/health/ready'];

/** The console's door: the API and the page, and who may use them. */
export function consoleDoor(parts: ConsoleParts, page: () => Page): FastifyInstance {
  const { settings, logger } = parts;
  const { host, token } = settings;
  const door = openDoor({
    isReady: () => true,
    hosts: wildcards.includes(host) ? 'any' : [host],
    meaningOf: problemFor,
    onDefect: (error, { method, url }) =>
      logger.error({ method, url: url.split('?')[0], error: messageOf(error) }, 'defect of the console'),
  });
  door.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (!isFromHere(request)) throw foreignOrigin();
    // By the route that was found, never by the path: `/%61pi/orders` leads to `/api/orders`, too.
    const { url, config } = request.routeOptions;
    const isOpen = config?.isOpen === true || (url !== undefined && health.includes(url));
    if (!isOpen && isForElsewhere(request)) throw foreignSite();
    if (!isOpen && !isKnown(request, token)) throw tokenRequired();
    if (config?.changes === true && settings.readOnly) throw readOnly();
  });
  // What services record of a person's word stands in the log; that it came from here, and all else, here.
  door.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.config?.changes !== true) return;
    const { by, why, ...rest } = (request.body ?? {}) as Record<string, unknown>;
    // What was not understood may hold anything; what was done has been read strictly.
    const isDone = reply.statusCode < 300 && Object.keys(rest).length > 0;
    const said = {
      ...(isDone && { asked: JSON.stringify(rest).slice(0, 500) }),
      ...(typeof by === 'string' && { by: by.slice(0, 200) }),
      ...(typeof why === 'string' && { why: why.slice(0, 500) }),
    };
    const { method, url } = request;
    logger.info({ action: `${method} ${url.split('?')[0]}`, status: reply.statusCode, ...said }, 'action');
  });
  loginRoute(door, token);
  lookingRoutes(door, parts);
  actingRoutes(door, parts);
  pageRoutes(door, page);
  return door;
}

function loginRoute(door: FastifyInstance, token: string | undefined): void {
  door.post('/api/login', { config: { isOpen: true } }, async (request, reply) => {
    const given = readStrictly(login, request.body, 'body');
    if (token === undefined) return reply.code(204).send();
    if (!isSame(given.token, token))
      throw new Problem({
        status: 401,
        type: 'token-wrong',
        title: 'Not this token',
        detail: 'This is not the token that CONSOLE_TOKEN holds. Nobody was logged in.',
      });
    return reply.code(204).header('set-cookie', cookieFor(token)).send();
  });
}
