import { expect, test } from 'vitest';
import { COOKIE, cookieFor, cookieValueOf, isFromHere, isKnown } from './guard.ts';

const token = 'a-token-of-24-characters';
const host = '127.0.0.1:4000';

test.each([
  ['nothing', {}, false],
  ['the token', { authorization: `Bearer ${token}` }, true],
  ['another token', { authorization: `Bearer ${token}x` }, false],
  ['the cookie of a login', { cookie: `theme=dark; ${COOKIE}=${cookieValueOf(token)}` }, true],
  ['the token as a cookie', { cookie: `${COOKIE}=${token}` }, false],
  ['a wrong token beside a right cookie', { authorization: 'Bearer x', cookie: cookieFor(token) }, false],
])('who gives %s', (_, headers, known) => {
  expect(isKnown({ headers }, token)).toBe(known);
  expect(isKnown({ headers }, undefined)).toBe(true);
});

test('the cookie is for this console’s own requests, and does not hold the token', () => {
  expect(cookieFor(token)).toMatch(/; HttpOnly; SameSite=Strict$/);
  expect(cookieFor(token)).not.toContain(token);
});

test.each([
  ['POST', `http://${host}`, true],
  ['PUT', `https://${host}`, true],
  ['POST', 'http://127.0.0.1:4001', false],
  ['POST', 'http://evil.example', false],
  ['POST', 'null', false],
  ['POST', undefined, false],
  ['DELETE', undefined, false],
  ['GET', 'http://evil.example', true],
])('a %s from %s', (method, origin, isHere) => {
  expect(isFromHere({ method, headers: { host, origin } })).toBe(isHere);
});
