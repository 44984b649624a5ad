import { metricCatalogue } from '@refrain/runtime';
import { createMetrics, readMetricsPage } from '@refrain/telemetry';
import { expect, test } from 'vitest';
import { diskFindings, syncNotes } from './disk-checks.ts';
import { Findings } from './findings.ts';
import { governorFindings, governorNotes } from './governor-checks.ts';
import { faultFindings } from './outside.ts';
import { metricFindings, metricNotes, processFindings } from './process-checks.ts';

const now = Date.parse('2026-06-01T12:00:00.000Z');
const ready = { name: 'payments', pid: 1, startTime: '1', url: 'http://x', status: 'ready' } as const;

test('a process that is not ready, or died lately, is a finding', () => {
  const found = (more: object) => processFindings([{ ...ready, ...more }], now).map((one) => one.found);
  expect(found({})).toEqual([]);
  for (const status of ['starting', 'restarting', 'stopped'])
    expect(found({ status })).toEqual([`it is ${status}`]);
  const kept = processFindings([{ ...ready, status: 'restarting' }], now, () => 7);
  expect(kept.map((one) => one.todo)).toEqual([
    'wait until pid 7 has ended; if it hangs, end it: the process starts then by itself',
  ]);
  const todo = (more: object) => processFindings([{ ...ready, ...more }], now)[0]?.todo;
  expect(todo({ status: 'starting' })).toContain('wait until npm start is done');
  expect(todo({ status: 'starting', restarts: 1 })).toContain('starts it again by itself');
  expect(found({ restarts: 2, restartedAt: '2026-06-01T11:57:11.000Z' })).toEqual([
    'it was started again 3 min ago, 2 times in all',
  ]);
  expect(found({ restarts: 2, restartedAt: '2026-06-01T11:00:00.000Z' })).toEqual([]);
});

test('what an instance measured is a finding where a person should look', () => {
  const metrics = createMetrics(metricCatalogue, { service: 'payments' });
  const found = () =>
    metricFindings('payments', readMetricsPage(metrics.text())).map(
      (one) => `${one.check} ${one.about}: ${one.found}`,
    );
  metrics.set('refrain_clock_offset_seconds', -0.2);
  metrics.set('refrain_broker_answers', 1);
  metrics.set('refrain_newer_waiting', 0);
  metrics.set('refrain_oldest_overdue_seconds', 30);
  metrics.set('refrain_governor_word', 0, { dependency: 'psp', word: 'silent' });
  expect(found()).toEqual([]);
  metrics.set('refrain_clock_offset_seconds', -2);
  metrics.set('refrain_broker_answers', 0);
  metrics.set('refrain_newer_waiting', 2);
  metrics.set('refrain_oldest_overdue_seconds', 169.4);
  metrics.set('refrain_governor_word', 1, { dependency: 'psp', word: 'silent' });
  expect(found()).toEqual([
    'clocks payments: its clock is 2 s behind the broker’s',
    'broker payments: the broker does not answer it',
    'versions payments: 2 kinds of events are newer than this build',
    'operations payments: its oldest operation is overdue by 3 min',
    'governor payments, psp: no word of the governor arrives',
  ]);
});

test('where the broker answers the doctor and not a service, its login may have been refused', () => {
  const metrics = createMetrics(metricCatalogue, { service: 'payments' });
  metrics.set('refrain_broker_answers', 0);
  const todo = (brokerAnswersUs: boolean) =>
    metricFindings('payments', readMetricsPage(metrics.text()), brokerAnswersUs).map((one) => one.todo);
  expect(todo(false)).toEqual([expect.stringContaining('see whether the broker runs')]);
  expect(todo(true)).toEqual([expect.stringContaining('the broker, which runs, refuses its login')]);
});

test('alarms that came late since it began are a note', () => {
  const metrics = createMetrics(metricCatalogue, { service: 'payments' });
  const alarm = (seconds: number): void =>
    metrics.record('refrain_wait_seconds', seconds, { reason: 'schedule late', dependency: 'none' });
  const found = () => metricNotes('payments', readMetricsPage(metrics.text())).map((note) => note.found);
  alarm(0.2);
  metrics.record('refrain_wait_seconds', 50, { reason: 'lag', dependency: 'none' });
  expect(found()).toEqual([]);
  alarm(40);
  expect(found()).toEqual(['1 of 2 alarms came more than 10 s late since it began']);
});

test('a governor that is silent, or says what a person pinned, is a finding; its own judgement is a note', () => {
  const said = { v: 1, kind: 'open', reason: 'all is well', new: 'of a later build' };
  const pin = { kind: 'suppressed', by: 'ada', host: 'desk', why: 'maintenance', at: now };
  const of = (word: object | undefined, ageMs = 800) => {
    const words = [{ dependency: 'psp', value: word && JSON.stringify(word), ageMs }];
    return [...governorFindings(words), ...governorNotes(words)].map(({ found }) => found);
  };
  expect(of(said)).toEqual([]);
  expect(of(undefined)).toEqual([]);
  expect(of(said, 9_000)).toEqual(['its last word is 9 s old']);
  expect(of({ ...said, pin })).toEqual([
    'a person pinned "suppressed": ada on desk, 2026-06-01T12:00:00.000Z, "maintenance"',
  ]);
  const pinned = [{ dependency: 'psp', value: JSON.stringify({ ...said, pin }), ageMs: 800 }];
  expect(governorFindings(pinned)[0]?.todo).toContain('npx refrain governor release psp --why "…"');
  expect(of({ ...said, kind: 'throttled', reason: '60 % failed' })).toEqual([
    'the governor\'s word is "throttled": 60 % failed',
  ]);
  expect(of({})).toEqual(['its last word cannot be read']);
});

test('a disk that is nearly full is a finding, and how often the broker syncs is a note', () => {
  expect(diskFindings({ bytes: 50 * 1024 ** 3, share: 0.5 })).toEqual([]);
  expect(diskFindings({ bytes: 0.5 * 1024 ** 3, share: 0.5 })[0]?.found).toBe(
    '0.5 GiB are free, 50 % of the disk',
  );
  expect(diskFindings({ bytes: 50 * 1024 ** 3, share: 0.01 })).toHaveLength(1);
  const found = (configuration: string) => syncNotes(configuration).map((note) => note.found);
  expect(found('jetstream {\n  store_dir: "x"\n}\n')).toEqual(['sync_interval is the default, 2 min']);
  expect(found('jetstream {\n  sync_interval: "10s"\n}\n')).toEqual(['sync_interval is 10s']);
  expect(found('jetstream {\n  sync_interval: "always"\n}\n')).toEqual([]);
});

test('a sandbox that was told to misbehave is a finding', () => {
  expect(faultFindings({ name: 'psp', url: 'http://127.0.0.1:1' }, { mode: 'none' })).toEqual([]);
  const [finding] = faultFindings({ name: 'psp', url: 'http://127.0.0.1:1' }, { mode: 'slow', rate: 0.5 });
  expect(finding?.todo).toContain('curl -X PUT http://127.0.0.1:1/faults ');
  expect(finding?.found).toBe('it was told to be "slow", for a share of 0.5');
});

test('notes and what could not be asked leave a shop healthy; findings do not, and are told in one order', () => {
  const finding = (check: 'faults' | 'processes') => ({
    check,
    about: 'a',
    found: 'f',
    means: 'm',
    todo: 't',
  });
  const findings = new Findings();
  findings.note(finding('faults'));
  findings.unasked('psp', 'it is stopped');
  expect(findings.diagnosis()).toMatchObject({
    healthy: true,
    unasked: [{ what: 'psp', why: 'it is stopped' }],
  });
  findings.add(finding('faults'), finding('processes'));
  const { healthy, findings: told } = findings.diagnosis();
  expect([healthy, told.map(({ check }) => check)]).toEqual([false, ['processes', 'faults']]);
});
