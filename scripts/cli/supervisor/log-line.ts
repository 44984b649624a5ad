/** A line of a child's log, made readable. */
export interface LogLine {
  /** pino's number: 30 info, 40 warn, 50 error. */
  readonly level: number;
  readonly text: string;
}

const info = 30;
const fieldsMax = 6;
/** Fields that every line has, or that only a machine wants. */
const unread = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'service',
  'instance',
  'msg',
  'v',
  'stack',
]);
const machines = /^(trace|span|correlation|cause|commit|message)_?(id|flags)?$/i;

/** A pino line as its message and its telling fields; anything else as it is. */
export function readLogLine(raw: string): LogLine {
  const record = parse(raw);
  if (!record) return { level: info, text: printable(raw) };
  const level = typeof record['level'] === 'number' ? record['level'] : info;
  const fields = Object.entries(record)
    .filter(([key]) => !unread.has(key) && !machines.test(key))
    .map(([key, value]) => field(key, value))
    .filter((text) => text !== '')
    .slice(0, fieldsMax);
  const words = [levelWord(level), plain(record['msg']), ...fields];
  return { level, text: printable(words.filter((word) => word !== '').join(' ')) };
}

function parse(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    return JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const levelWord = (level: number): string => (level >= 50 ? 'error:' : level >= 40 ? 'warning:' : '');

function field(key: string, value: unknown): string {
  if (isMoney(value)) return `${(value.minor / 100).toFixed(2)} ${value.currency}`;
  if (isError(value)) return value.message;
  const text = plain(value);
  if (text === '') return '';
  if (key === 'event' && short(text) !== text) return ''; // its id, where it is not its type
  if (key === 'entity') return text.split('/').map(short).join(' ');
  if (key === 'error' || key === 'err') return text;
  if (key === 'orderId') return `order ${short(text)}`;
  if (key === 'operationId' || key === 'operation') return `operation ${short(text)}`;
  return `${key}=${short(text)}`;
}

/** What can be read in a line; lists and objects cannot. */
const plain = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

const isMoney = (value: unknown): value is { minor: number; currency: string } =>
  typeof value === 'object' &&
  value !== null &&
  'minor' in value &&
  'currency' in value &&
  typeof value.minor === 'number';
const isError = (value: unknown): value is { message: string } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';

/** Our ids are 26 characters of base32; the first ones tell them apart well enough to look at. */
const short = (value: string): string => (/^[a-z2-7]{26}$/.test(value) ? `${value.slice(0, 6)}…` : value);

/** What came from outside may steer no terminal and break no line. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 400);
