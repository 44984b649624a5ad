import type { BrokerFacts, BrokerPlan, DurableFacts, StoredLog, StreamFacts } from '@refrain/jetstream';
import { lastedFinely } from '../durations.ts';
import type { Finding } from './findings.ts';
import { plural } from '../plural.ts';

/** From here on a durable has fallen behind; below, it is work under way. */
const LAG_MAX = 2_000;
/** Timers go by the broker's clock: beyond this many milliseconds deadlines and waits are visibly wrong. */
const OFFSET_MS_MAX = 500;

export const clockFinding = (about: string, offsetMs: number): Finding[] =>
  Math.abs(offsetMs) <= OFFSET_MS_MAX
    ? []
    : [
        {
          check: 'clocks',
          about,
          found: `its clock is ${lastedFinely(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} the broker’s`,
          means: 'waits, deadlines and the horizon of provider keys are counted wrongly by so much',
          todo: 'let the time service of both machines set their clocks, then look again',
        },
      ];

/** What of the broker is otherwise than planned. `again`: the same a moment later. */
export function brokerFindings(facts: BrokerFacts, again: BrokerFacts): Finding[] {
  return [
    ...facts.streams.flatMap((stream) =>
      streamFindings(
        stream,
        again.streams.find(({ name }) => name === stream.name),
      ),
    ),
    ...facts.durables.flatMap((durable) => durableFindings(durable, find(again.durables, durable))),
    ...(facts.clockOffsetMs === undefined ? [] : clockFinding('this machine', facts.clockOffsetMs)),
  ];
}

const find = (list: readonly DurableFacts[], { stream, durable }: DurableFacts): DurableFacts | undefined =>
  list.find((other) => other.stream === stream && other.durable === durable);

/**
 * The copies that are away, or that lack a moment later what was there before: one that follows a busy log is
 * always some messages behind.
 */
function staysBehind(
  { lastSeq, behind }: StreamFacts,
  later: StreamFacts | undefined,
): StreamFacts['behind'] {
  if (!later) return behind;
  return later.behind.filter(
    ({ server, messages, offline }) =>
      behind.some((one) => one.server === server) &&
      (offline || messages === 0 || later.lastSeq - messages < lastSeq),
  );
}

function streamFindings(stream: StreamFacts, later: StreamFacts | undefined): Finding[] {
  const { name, missing, differs } = stream;
  const about = `stream ${name}`;
  const check = 'streams';
  if (missing)
    return [
      {
        check,
        about,
        found: 'it is not there',
        means: 'its service can record nothing',
        todo: 'start the shop again: `up` makes what is missing. If it held events, put a backup back first',
      },
    ];
  const copies = staysBehind(stream, later).map(
    ({ server, messages, offline }): Finding => ({
      check,
      about: `${about} on ${server}`,
      found: offline ? 'this copy’s server is away' : `this copy is ${plural(messages, 'message')} behind`,
      means: 'one server less may fail before the log stops, or loses what only the others have',
      todo: 'look at that server’s log. A copy that stays behind is removed from the stream’s peers and made anew',
    }),
  );
  return [...differs.map((found) => differing(check, about, found)), ...copies];
}

const differing = (check: 'streams' | 'durables', about: string, found: string): Finding => ({
  check,
  about,
  found,
  means: 'somebody changed it by hand, or another build made it; what the services rely on may not hold',
  todo: 'start the shop again: `up` sets it right, or names both values where that would lose data',
});

const isStalled = (one: DurableFacts): boolean => one.asking === 0 && one.pending + one.out > 0;

function durableFindings(durable: DurableFacts, later: DurableFacts | undefined): Finding[] {
  const check = 'durables';
  const about = `durable ${durable.durable} on ${durable.stream}`;
  if (durable.missing)
    return [
      {
        check,
        about,
        found: 'it is not there',
        means: 'its service does not hear that stream',
        todo: 'start the shop again: `up` makes it. Where it begins anew, everything is heard again, which adds nothing',
      },
    ];
  const findings = durable.differs.map((found) => differing(check, about, found));
  if (durable.outside) return findings;
  if (later && isStalled(durable) && isStalled(later) && later.ackFloor === durable.ackFloor)
    findings.push({
      check,
      about,
      found: `nobody takes its deliveries: ${later.pending} to be delivered, ${later.out} out and not acknowledged`,
      means: 'what it brings stands still: flows do not go on there',
      todo: 'see whether the service runs (npx refrain ps) and what its log says; a restart of the service is safe',
    });
  // The durable of deadlines holds back what is not due: that is its work.
  const lag = Math.min(durable.pending, later?.pending ?? 0);
  if (lag > LAG_MAX && !durable.durable.endsWith('-deadlines'))
    findings.push({
      check,
      about,
      found: `${lag} messages wait to be delivered`,
      means: 'more comes in than the service handles; flows take longer',
      todo: 'start further instances of the service (refrain up --instances), or let less in',
    });
  return findings;
}

/** Logs that no plan knows. No finding: nobody can delete one, so whoever meant it would be told for ever. */
export const ownerlessNotes = (
  logs: readonly StoredLog[],
  { streams }: Pick<BrokerPlan, 'streams'>,
): Finding[] =>
  logs
    .filter(({ stream }) => streams.every(({ name }) => name !== stream))
    .map(({ stream, service, commits }) => ({
      check: 'streams',
      about: `stream ${stream}`,
      found: `it holds ${plural(commits, 'commit')} of ${service}, which is no service here and no guest`,
      means: 'nobody records there, no audit reads it and no export has it: the broker alone keeps it',
      todo: `if it was meant, nothing but to keep the broker’s store; else put services/${service} back, or admit the guest again`,
    }));
