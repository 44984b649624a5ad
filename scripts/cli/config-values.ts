import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { deadlineSeconds } from '@refrain/service-orders/deadline';
import { z } from 'zod';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const expected = (what: string) => ({ error: `expected ${what}` });

const wholeNumber = (min: number, max: number) => {
  const shape = expected(`a whole number from ${min} to ${max}`);
  return z
    .string()
    .regex(/^\d+$/, shape)
    .transform(Number)
    .pipe(z.number(shape).min(min, shape).max(max, shape));
};

const share = z
  .string()
  .refine((value) => /^(0(\.\d+)?|1(\.0+)?)$/.test(value), expected('a share from 0 to 1, such as 0.01'))
  .transform(Number);

const brokerUrl = (value: string): boolean => {
  const url = URL.parse(value.includes('://') ? value : `nats://${value}`);
  return (
    url !== null &&
    ['nats:', 'tls:'].includes(url.protocol) &&
    url.hostname !== '' &&
    (url.username === '') === (url.password === '')
  );
};

const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** `--fresh` deletes in it, so it is a folder of its own, never one that holds other things by its nature. */
const folderOfItsOwn = (path: string): boolean => {
  const full = resolve(path);
  if (full === dirname(full) || full === homedir()) return false;
  // What is not there yet is made, for which the next one above that is there must be a folder.
  const there = nextAbove(full);
  return statSync(there).isDirectory();
};

const nextAbove = (path: string): string => {
  let there = path;
  while (!statSync(there, { throwIfNoEntry: false })) there = dirname(there);
  return there;
};

/** A name or an address, as it stands in a URL without port: `shop.example`, `192.168.1.5`, `[::]`. */
const isHost = (value: string): boolean => URL.parse(`http://${value}`)?.hostname === value.toLowerCase();

/** The switch that a word means. */
const flag = z
  .enum(['true', 'false', '1', '0'], expected('true or false'))
  .transform((value) => value === 'true' || value === '1');

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** What the values must look like. A message never repeats a value that may be secret. */
export const schemas = {
  NATS_URL: z
    .string()
    .refine(
      (urls) => urls.split(',').every((url) => brokerUrl(url.trim())),
      expected('nats://[user:password@]host:port, or several with commas'),
    ),
  NATS_USERS: z
    .string()
    .refine(isFile, expected('the path of a JSON file {"<service>": {"user": …, "password": …}}')),
  NATS_CA: z.string().refine(isFile, expected('the path of a PEM file with the authorities to trust')),
  NATS_SERVER_BIN: z.string().refine(executable, expected('the path of a nats-server that can be run')),
  REFRAIN_DATA: z
    .string()
    .refine(folderOfItsOwn, expected('a folder of its own, new or existing, neither / nor the home folder')),
  LOG_LEVEL: z.enum(levels, expected(`one of ${levels.join(', ')}`)),
  LOG_SAMPLE: share,
  ORDER_DEADLINE_S: deadlineSeconds,
  STRIPE_API_KEY: z
    .string()
    .refine(
      (key) => !isLiveKey(key),
      expected('a test key, sk_test_… or rk_test_…: live keys are refused everywhere in this sample'),
    )
    .refine(
      (key) => isLiveKey(key) || /^[rs]k_test_\w+$/.test(key),
      expected('a test key, sk_test_… or rk_test_…'),
    ),
  SMTP_URL: z
    .string()
    .refine(
      (value) => ['smtp:', 'smtps:'].includes(URL.parse(value)?.protocol ?? ''),
      expected('smtp://host:port or smtps://host:port'),
    ),
  CONSOLE_HOST: z
    .string()
    .refine(isHost, expected('a name or an address to listen on, without port, such as 192.168.1.5')),
  CONSOLE_READ_ONLY: flag,
  CONSOLE_TOKEN: z.string().regex(/^[\x21-\x7e]{16,200}$/, expected('16 to 200 visible ASCII characters')),
  TRACE_URL_TEMPLATE: z
    .string()
    .refine(
      (value) => isHttpUrl(value) && value.includes('{traceId}'),
      expected('a URL with {traceId} in it, such as http://localhost:16686/trace/{traceId}'),
    ),
  '--port-base': wholeNumber(1024, 65_500),
} as const;

export const isHttpUrl = (value: string): boolean =>
  ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '');

export const isLiveKey = (key: string): boolean => /^[rs]k_live_/.test(key);

/** Where only this machine reaches it. */
export const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(host);

/**
 * A token is not shown. A key keeps its kind and its last four characters, a URL everything but its password
 * and its token.
 */
export function masked(name: string, value: string): string {
  if (name.endsWith('_TOKEN')) return '…';
  if (/_KEY$|HEADERS$/.test(name)) {
    const [, kind = ''] = /^([a-z]+_[a-z]+_)/.exec(value) ?? [];
    return `${kind}…${kind !== '' && value.length - kind.length > 12 ? value.slice(-4) : ''}`;
  }
  if (!/URL$|ENDPOINT$/.test(name)) return value;
  return value.replaceAll(/([^\s/,@]*)@/g, (_, credentials: string) => {
    const [user, password] = credentials.split(':');
    return password === undefined ? '…@' : `${user}:…@`;
  });
}
