import { expect, test } from 'vitest';
import { readLogLine } from './log-line.ts';
import { createTerminal } from './terminal.ts';

const line = (record: object): string =>
  readLogLine(JSON.stringify({ level: 30, time: 1, pid: 2, ...record })).text;

test('shows the message and what tells something, money as money and ids short', () => {
  expect(
    line({
      msg: 'ChargeCaptured',
      orderId: 'k3jabcdefghijklmnopqrstuvw',
      amount: { minor: 1250, currency: 'EUR' },
      traceId: 'a'.repeat(32),
      name: 'payments',
    }),
  ).toBe('ChargeCaptured order k3jabc… 12.50 EUR');
});

test('shows an event with its entity, not with the ids that only machines follow', () => {
  const id = 'k3jabcdefghijklmnopqrstuvw';
  expect(
    line({ msg: 'OrderPaid', entity: `order/${id}`, event: id, cause: `event:${id}`, correlation: id }),
  ).toBe('OrderPaid order k3jabc…');
  expect(line({ msg: 'waits for a newer build', event: 'OrderPaid', error: 'why it is' })).toBe(
    'waits for a newer build event=OrderPaid why it is',
  );
});

test('names other fields, leaves out what is empty or structured', () => {
  expect(line({ msg: 'waiting', delayMs: 200, reason: '', list: [1], deep: { a: 1 }, wanted: false })).toBe(
    'waiting delayMs=200 wanted=false',
  );
});

test('warnings and errors say so', () => {
  expect(line({ level: 40, msg: 'slow' })).toBe('warning: slow');
  expect(
    line({ level: 50, msg: 'stopped', err: { type: 'Error', message: 'no disk', stack: 'Error\n at x' } }),
  ).toBe('error: stopped no disk');
});

test('what is no log line is shown as it is, without what would steer a terminal', () => {
  expect(readLogLine('Warning: \u001B[31mred\u001B[0m\ttext').text).toBe('Warning:  [31mred [0m text');
  expect(readLogLine('{"broken').text).toBe('{"broken');
  expect(line({ msg: 'mail to a\u001B]0;title\u0007@b' })).not.toMatch(/\p{Cc}/u);
});

test('prefixes every line with the padded name', () => {
  let written = '';
  const terminal = createTerminal({ write: (text) => (written += text), colour: false });
  terminal.show('payments', { level: 30, text: 'here' });
  terminal.show('notifications', { level: 30, text: 'here' });
  expect(written).toBe('payments       | here\nnotifications  | here\n');
});

test('holds back what nobody can read, but no warning, and says how much', () => {
  let nowMs = 0;
  let written = '';
  const terminal = createTerminal({ write: (text) => (written += text), colour: false, now: () => nowMs });
  for (let i = 0; i < 500; i++) terminal.show('orders', { level: 30, text: `line ${i}` });
  terminal.show('orders', { level: 40, text: 'warning: careful' });
  expect(written.split('\n').length).toBeLessThan(100);
  expect(written).toContain('careful');
  nowMs = 1_000;
  terminal.show('orders', { level: 30, text: 'next second' });
  expect(written).toContain('… 440 more lines, see the log files');
  expect(written).toContain('next second');
});
