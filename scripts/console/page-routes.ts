import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from './page.ts';
import { unknown } from './problems.ts';

const html = 'text/html; charset=utf-8';

/** What is shown where there is no page: in words only, since what is built is what is missing. */
const notice = (title: string, text: string, again = false): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${title}</title>`,
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">',
    again ? '<meta http-equiv="refresh" content="1">' : '',
    `</head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`,
  ].join('');

const building = notice(
  'The page is being built',
  'It is there in a moment; this asks again each second. It is built once, and again when its sources change.',
  true,
);
const failed = notice(
  'The page could not be built',
  'The shop runs, and so does what is behind this page. <code>logs/console.log</code> in the data folder says what is wrong; <code>npm start</code> brings missing packages. Meanwhile everything is there as a command: <code>npx refrain --help</code>.',
);

/** Every path but those of the API is the page's: what is no file of it, the page itself knows. */
export function pageRoutes(door: FastifyInstance, page: () => Page): void {
  const isOpen = { config: { isOpen: true } };
  door.get('/', isOpen, async (request, reply) => show(page(), request, reply));
  door.get('/*', isOpen, async (request, reply) => show(page(), request, reply));
  for (const path of ['/api', '/api/*'])
    door.get(path, async ({ url }) => {
      throw unknown(`There is nothing at ${url.slice(0, 100)}`);
    });
}

function show(page: Page, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [path = '/'] = request.url.split('?');
  if (page.state !== 'built') {
    const text = page.state === 'building' ? building : failed;
    return reply.code(503).headers({ 'retry-after': '1', 'cache-control': 'no-store' }).type(html).send(text);
  }
  const file = page.files.get(path);
  if (!file && /\.[a-z0-9]{1,5}$/i.test(path)) throw unknown(`The page has no file ${path.slice(0, 100)}`);
  const shown = file ?? page.files.get('/index.html');
  if (!shown) throw unknown('The page has no index.html');
  const etag = `"${createHash('sha256').update(shown.body).digest('base64url').slice(0, 22)}"`;
  const caching = shown.isLasting ? 'public, max-age=31536000, immutable' : 'no-cache';
  reply.headers({ etag, 'cache-control': caching }).type(shown.type);
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(shown.body);
}
