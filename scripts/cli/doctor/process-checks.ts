import type { MetricFamily } from '@refrain/telemetry';
import { lasted } from '../durations.ts';
import type { RunningProcess } from '../supervisor/run-file.ts';
import { clockFinding } from './broker-checks.ts';
import type { Finding } from './findings.ts';
import { plural } from '../plural.ts';

/** A restart is told as a finding for so long, in milliseconds. */
const RECENT_MS = 300_000;
/** A service that waits longer has more to do than it can, in seconds. */
const OVERDUE_S = 60;

/**
 * Which processes are not at work, and which died lately. `keptDownBy`: the pid of the `restart` that has not
 * let a process start yet.
 */
export const processFindings = (
  processes: readonly RunningProcess[],
  now: number,
  keptDownBy: (name: string) => number | undefined = () => undefined,
): Finding[] =>
  processes.flatMap(({ name, status, restarts = 0, restartedAt }): Finding[] => {
    const check = 'processes';
    const holder = status === 'restarting' ? keptDownBy(name) : undefined;
    if (holder !== undefined)
      return [
        {
          check,
          about: name,
          found: `\`refrain restart\`, pid ${holder}, has ended it and not let it start yet`,
          means: 'what it does stands still; what is meant for it waits at the broker',
          todo: `wait until pid ${holder} has ended; if it hangs, end it: the process starts then by itself`,
        },
      ];
    if (status !== 'ready')
      return [
        {
          check,
          about: name,
          found: `it is ${status}`,
          means: 'what it does stands still; what is meant for it waits at the broker',
          todo:
            status === 'starting' && restarts === 0
              ? `wait until npm start is done; if it lasts, see why: logs/${name}.log in the data folder`
              : `see why: logs/${name}.log in the data folder. The supervisor starts it again by itself`,
        },
      ];
    const since = now - Date.parse(restartedAt ?? '');
    if (restarts === 0 || !(since < RECENT_MS)) return [];
    return [
      {
        check,
        about: name,
        found: `it was started again ${lasted(Math.max(1_000, since))} ago, ${plural(restarts, 'time')} in all`,
        means: 'it died; what it had begun comes again, which adds nothing',
        todo: `see why it died: logs/${name}.log in the data folder`,
      },
    ];
  });

export type MetricsPage = ReadonlyMap<string, MetricFamily>;

const valuesOf = (page: MetricsPage, name: string): readonly { labels: object; value: number }[] =>
  page.get(name)?.samples ?? [];
const valueOf = (page: MetricsPage, name: string): number | undefined => valuesOf(page, name)[0]?.value;

/**
 * What the metrics of one instance say that a person should look at. `brokerAnswersUs`: so if it does not
 * answer the instance, it may have refused its login, which only its log tells.
 */
export function metricFindings(name: string, page: MetricsPage, brokerAnswersUs = false): Finding[] {
  const findings: Finding[] = [];
  const offset = valueOf(page, 'refrain_clock_offset_seconds');
  if (offset !== undefined) findings.push(...clockFinding(name, offset * 1_000));
  if (valueOf(page, 'refrain_broker_answers') === 0)
    findings.push({
      check: 'broker',
      about: name,
      found: 'the broker does not answer it',
      means: 'it records nothing and hears nothing',
      todo: brokerAnswersUs
        ? `see logs/${name}.log in the data folder: at "Authorization Violation" the broker, which runs, refuses its login; to kill this process is safe, it begins anew with the login of now`
        : 'see whether the broker runs and has a leader for its streams; the service goes on by itself',
    });
  const newer = valueOf(page, 'refrain_newer_waiting') ?? 0;
  if (newer > 0)
    findings.push({
      check: 'versions',
      about: name,
      found: `${plural(newer, 'kind of events is', 'kinds of events are')} newer than this build`,
      means: 'they are put off, again and again, and what follows from them waits',
      todo: 'deploy the newer build of this service; readers go first',
    });
  const overdue = valueOf(page, 'refrain_oldest_overdue_seconds') ?? 0;
  if (overdue > OVERDUE_S)
    findings.push({
      check: 'operations',
      about: name,
      found: `its oldest operation is overdue by ${lasted(overdue * 1_000)}`,
      means: 'alarms come late or are lost, or it has more to do than it can',
      todo: 'see its lag and its log; further instances share the work',
    });
  return [...findings, ...silentGovernor(name, page)];
}

/** An alarm that comes later than this was held up, in seconds; one of the bounds of its distribution. */
const LATE_S = 10;

/** What one instance saw since it began, and what may be over by now. */
export function metricNotes(name: string, page: MetricsPage): Finding[] {
  const late = (page.get('refrain_wait_seconds')?.samples ?? []).filter(
    ({ labels }) => labels['reason'] === 'schedule late',
  );
  const count = (le: string): number => late.find(({ labels }) => labels['le'] === le)?.value ?? 0;
  const tooLate = count('+Inf') - count(String(LATE_S));
  if (tooLate === 0) return [];
  return [
    {
      check: 'operations',
      about: name,
      found: `${tooLate} of ${count('+Inf')} alarms came more than ${LATE_S} s late since it began`,
      means: 'retries and questions went out later than planned',
      todo: 'nothing where nobody listened for a while; else see its lag and the broker’s load',
    },
  ];
}

function silentGovernor(name: string, page: MetricsPage): Finding[] {
  const silent = valuesOf(page, 'refrain_governor_word').filter(
    ({ labels, value }) => value === 1 && (labels as Record<string, string>)['word'] === 'silent',
  );
  return silent.map(({ labels }) => ({
    check: 'governor',
    about: `${name}, ${(labels as Record<string, string>)['dependency']}`,
    found: 'no word of the governor arrives',
    means: 'it keeps to first attempts, and a few retries of its own',
    todo: 'see that a governor runs: npx refrain ps',
  }));
}
