import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '@refrain/http';

/** The cookie that a login sets. It holds a hash of the token, so that the token itself is kept nowhere. */
export const COOKIE = 'refrain_console';

/**
 * What every answer says to a browser: this page's own things only, in nobody else's frame, kept nowhere
 * unless it says so.
 */
export const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** In the same time, whatever of it is right. */
export const isSame = (given: string, right: string): boolean =>
  timingSafeEqual(digest(given), digest(right));

export const cookieValueOf = (token: string): string =>
  digest(`refrain console ${token}`).toString('base64url');

export const cookieFor = (token: string): string =>
  `${COOKIE}=${cookieValueOf(token)}; Path=/; HttpOnly; SameSite=Strict`;

interface Asking {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const one = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');

/** Whether who asks has given the token: as a bearer, or by the cookie of a login. */
export function isKnown({ headers: given }: Pick<Asking, 'headers'>, token: string | undefined): boolean {
  if (token === undefined) return true;
  const [, bearer] = /^Bearer (\S+)$/i.exec(one(given['authorization'])) ?? [];
  if (bearer !== undefined) return isSame(bearer, token);
  const cookies = one(given['cookie']).split(/; */);
  const cookie = cookies.find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  return cookie !== undefined && isSame(cookie, cookieValueOf(token));
}

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/**
 * Whether a request comes from the page that is shown here. Browsers name the origin of every request that
 * could change something; a page from elsewhere has another one.
 */
export function isFromHere({ method, headers: given }: Asking): boolean {
  if (isReading(method)) return true;
  const origin = URL.parse(one(given['origin']));
  return origin !== null && origin.host === one(given['host']);
}

/**
 * Whether a page from elsewhere has its browser ask. It would not see the answer, but it could take the
 * places of those who look.
 */
export const isForElsewhere = ({ headers: given }: Pick<Asking, 'headers'>): boolean =>
  ['cross-site', 'same-site'].includes(one(given['sec-fetch-site']));

export const tokenRequired = (): Problem =>
  new Problem({
    status: 401,
    type: 'token-required',
    title: 'A token is needed',
    detail:
      'This console asks for the token that CONSOLE_TOKEN holds: log in, or send it as Authorization: Bearer. Nothing was done.',
    headers: { 'www-authenticate': 'Bearer' },
  });

export const foreignOrigin = (): Problem =>
  new Problem({
    status: 403,
    type: 'origin-refused',
    title: 'Not from here',
    detail:
      'What changes something is taken from this console’s own page only: the header Origin has to name it. Programs use the refrain commands. Nothing was done.',
  });

export const foreignSite = (): Problem =>
  new Problem({
    status: 403,
    type: 'site-refused',
    title: 'Not from here',
    detail: 'The browser says that a page from elsewhere asks (Sec-Fetch-Site). Nothing was done.',
  });

export const readOnly = (): Problem =>
  new Problem({
    status: 403,
    type: 'read-only',
    title: 'Read-only',
    detail: 'This console was started with CONSOLE_READ_ONLY and changes nothing. Nothing was done.',
  });
