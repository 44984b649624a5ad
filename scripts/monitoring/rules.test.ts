import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findPrometheus } from '../prometheus.mjs';
import { scrapeConfig, ruleFile } from './prometheus-files.ts';
import { type Case, promtoolTests, type Series } from './promtool.ts';
import { alerts, runbookOf } from './rules.ts';

const root = resolve(import.meta.dirname, '../..');
const tools = findPrometheus();
const folder = mkdtempSync(join(tmpdir(), 'refrain-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const calls = (first: string, retry: string): Series => ({
  'refrain_calls_total{service="payments",dependency="psp",effect="charge",kind="first",outcome="outage"}':
    first,
  'refrain_calls_total{service="payments",dependency="psp",effect="charge",kind="retry",outcome="outage"}':
    retry,
});
const word = (name: string, values: string): Series => ({
  [`refrain_governor_word{service="payments",dependency="psp",word="${name}"}`]: values,
});
const payments = (metric: string, values: string): Series => ({ [`${metric}{service="payments"}`]: values });
const psp = { dependency: 'psp' };
const ofPayments = { service: 'payments' };

/** Each alert with a course of a few minutes on which it fires and clears. */
const cases: readonly Case[] = [
  {
    alert: 'RefrainInstanceDown',
    series: { 'up{job="refrain",instance="127.0.0.1:4011",process="payments"}': '1x2 0x5 1x5' },
    fires: { at: '6m', labels: { job: 'refrain', instance: '127.0.0.1:4011', process: 'payments' } },
    silentAt: ['2m', '9m'],
  },
  {
    alert: 'RefrainBrokerSilent',
    series: payments('refrain_broker_answers', '1x2 0x5 1x5'),
    fires: { at: '6m', labels: ofPayments },
    silentAt: ['2m', '9m'],
  },
  {
    // 10 first attempts a second: 3 retries a second are the budget.
    alert: 'RefrainRetriesNearBudget',
    series: calls('0+600x40', '0+30x10 450+150x10 1950+30x20'),
    fires: { at: '20m', labels: psp },
    silentAt: ['10m', '30m'],
  },
  {
    alert: 'RefrainBudgetSpent',
    series: {
      'refrain_leaves_total{service="payments",dependency="psp",kind="retry",leave="budget"}':
        '0x5 0+6x10 60x20',
      'refrain_leaves_total{service="payments",dependency="psp",kind="first",leave="granted"}': '0+60x40',
    },
    fires: { at: '14m', labels: psp },
    silentAt: ['5m', '25m'],
  },
  {
    alert: 'RefrainCallsHeld',
    series: {
      ...word('open', '1x2 0x8 1x5'),
      ...word('suppressed', '0x2 1x4 0x10'),
      ...word('probing', '0x6 1x4 0x5'),
    },
    fires: { at: '8m', labels: psp },
    silentAt: ['2m', '13m'],
  },
  {
    alert: 'RefrainGovernorSilent',
    series: word('silent', '0x2 1x5 0x5'),
    fires: { at: '6m', labels: psp },
    silentAt: ['2m', '9m'],
  },
  {
    alert: 'RefrainCompensationStuck',
    series: {
      'refrain_compensations_total{service="payments",event="ChargeCaptured",stage="stuck"}': '0x3 1x40',
      'refrain_compensations_total{service="payments",event="ChargeCaptured",stage="done"}': '0+1x43',
    },
    fires: { at: '6m', labels: { ...ofPayments, event: 'ChargeCaptured' } },
    silentAt: ['2m', '30m'],
  },
  {
    alert: 'RefrainRefundOverdue',
    series: { 'refrain_oldest_matter_seconds{service="payments",matter="refund"}': '0+60x20 0x10' },
    fires: { at: '18m', labels: { ...ofPayments, matter: 'refund' } },
    silentAt: ['10m', '25m'],
  },
  {
    alert: 'RefrainUnsettled',
    series: {
      'refrain_oldest_matter_seconds{service="orders",matter="unsettled order"}': '0+60x25 0x10',
      'refrain_oldest_matter_seconds{service="payments",matter="refund"}': '0+60x35',
    },
    fires: { at: '24m', labels: { service: 'orders', matter: 'unsettled order' } },
    silentAt: ['15m', '30m'],
  },
  {
    alert: 'RefrainOperationsOverdue',
    series: payments('refrain_oldest_overdue_seconds', '0+60x10 0x5'),
    fires: { at: '9m', labels: ofPayments },
    silentAt: ['5m', '13m'],
  },
  {
    alert: 'RefrainDeadLettersGrow',
    series: { 'refrain_dead_letters_total{service="payments",of="cause"}': '0x3 2x40' },
    fires: { at: '6m', labels: ofPayments },
    silentAt: ['2m', '30m'],
  },
  {
    alert: 'RefrainDeadLettersOpen',
    series: payments('refrain_dead_letters_open', '0x2 1x40 0x5'),
    fires: { at: '40m', labels: ofPayments },
    silentAt: ['20m', '45m'],
  },
  {
    alert: 'RefrainReplicaLag',
    series: {
      ...payments('refrain_replica_lag', '0x15'),
      'refrain_stream_copies{service="payments",copies="current"}': '3x2 2x6 3x7',
      'refrain_stream_copies{service="payments",copies="behind"}': '0x2 1x6 0x7',
    },
    fires: { at: '6m', labels: ofPayments },
    silentAt: ['2m', '12m'],
  },
  {
    alert: 'RefrainConsumerLag',
    series: {
      'refrain_consumer_lag{service="payments",source="orders",work="reactions"}': '0x2 5000x8 0x5',
      'refrain_consumer_lag{service="orders",source="orders",work="deadlines"}': '9000x15',
    },
    fires: { at: '9m', labels: { ...ofPayments, source: 'orders', work: 'reactions' } },
    silentAt: ['4m', '13m'],
  },
  {
    alert: 'RefrainNewerEvents',
    series: payments('refrain_newer_waiting', '0x2 1x15 0x5'),
    fires: { at: '15m', labels: ofPayments },
    silentAt: ['8m', '20m'],
  },
  {
    alert: 'RefrainLogLinesDropped',
    series: { 'refrain_log_lines_total{service="payments",fate="dropped"}': '0x3 9000x40' },
    fires: { at: '6m', labels: ofPayments },
    silentAt: ['2m', '30m'],
  },
  {
    alert: 'RefrainClockOff',
    series: payments('refrain_clock_offset_seconds', '0x2 -0.8x6 0.1x5'),
    fires: { at: '7m', labels: ofPayments },
    silentAt: ['2m', '11m'],
  },
];

test('every alert has a course on which it is tried, and a page', () => {
  expect(cases.map(({ alert }) => alert)).toEqual(alerts.map(({ name }) => name));
  for (const alert of alerts)
    expect([alert.name, existsSync(join(root, runbookOf(alert)))]).toEqual([alert.name, true]);
});

test.each(alerts)(
  'the page of $name says what it means, what to look at, what to do, and when it clears',
  (alert) => {
    const text = readFileSync(join(root, runbookOf(alert)), 'utf8');
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([alert.name, 'What it means', 'Look', 'Do', 'It clears']);
    expect(text).toContain(alert.expr);
    expect(text).toMatch(/npx refrain \w+/);
  },
);

const promtool = (...args: string[]): string =>
  execFileSync('promtool' in tools ? tools.promtool : '', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(tools.missing !== undefined)(tools.missing ?? 'promtool', () => {
  test('finds nothing wrong with the rules and the configuration that are written', {
    timeout: 60_000,
  }, () => {
    writeFileSync(join(folder, 'refrain.rules.yml'), ruleFile());
    writeFileSync(
      join(folder, 'prometheus.yml'),
      scrapeConfig({ portBase: 4_000, every: '15s', rules: 'refrain.rules.yml' }),
    );
    expect(promtool('check', 'config', 'prometheus.yml')).toContain(`SUCCESS: ${alerts.length} rules found`);
  });

  test('sees each alert fire and clear on its course, and nobody woken before', { timeout: 60_000 }, () => {
    writeFileSync(join(folder, 'refrain.rules.yml'), ruleFile());
    writeFileSync(join(folder, 'tests.json'), promtoolTests('refrain.rules.yml', cases, alerts));
    expect(promtool('test', 'rules', 'tests.json')).toContain('SUCCESS');
  });
});
