import { RefrainError } from '@refrain/errors';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from 'nats';
import { code, type Refusal, refusal } from './refusal.ts';
import type { DurablePlan } from './topology.ts';

/**
 * Makes a durable, or brings it to the plan where that loses nothing. Where it begins is decided once, when
 * it is made: 'now' is then the sequence behind the last one, stored in its configuration, and never moves.
 * One that is to hear a further type, and has passed events of it, is put back to before the first of them.
 *
 * @throws RF_TOPOLOGY when it begins elsewhere than planned, RF_DURABLE_BUSY when it has to be put back while
 * somebody hears it.
 */
export async function reconcileDurable(
  nc: NatsConnection,
  manager: JetStreamManager,
  plan: DurablePlan,
): Promise<void> {
  const actual = (await configOf(manager, plan)) ?? (await make(manager, plan));
  const change = durableChange(plan, actual);
  if (!change) return;
  const added = addedTo(plan, filtersOf(actual));
  if (added.length > 0 && plan.from === 'beginning') await putBack(nc, manager, plan, added);
  await manager.consumers.update(plan.stream, plan.durable, change);
}

/** What it is to hear and did not; `>`: all there is. */
const addedTo = ({ filters }: DurablePlan, heard: readonly string[]): readonly string[] => {
  if (heard.length === 0) return [];
  return filters.length === 0 ? ['>'] : filters.filter((filter) => !heard.includes(filter));
};

const RESET_TIMEOUT_MS = 5_000;

/**
 * First put back, then changed: killed in between it is found to lack the same, and what it hears again adds
 * nothing. Never above its floor: what is not acknowledged would be forgotten.
 */
async function putBack(
  nc: NatsConnection,
  manager: JetStreamManager,
  { stream, durable }: DurablePlan,
  added: readonly string[],
): Promise<void> {
  const firsts = await Promise.all(added.map((filter) => firstOf(manager, stream, filter)));
  const first = Math.min(...firsts);
  if (first === Number.POSITIVE_INFINITY) return; // nothing of it was ever stored
  const { ack_floor: floor, num_waiting: asking } = await manager.consumers.info(stream, durable);
  if (asking > 0)
    throw new RefrainError('RF_DURABLE_BUSY', { durable, stream, added: added.join(', '), first });
  const seq = Math.min(first, floor.stream_seq + 1);
  const subject = `$JS.API.CONSUMER.RESET.${stream}.${durable}`;
  const answer = await nc.request(subject, JSON.stringify({ seq }), { timeout: RESET_TIMEOUT_MS });
  const { error } = answer.json<{ error?: Refusal }>();
  if (error) throw refusal(subject, error);
}

/** The sequence of the first message on these subjects; infinite where there is none. */
async function firstOf(manager: JetStreamManager, stream: string, filter: string): Promise<number> {
  try {
    const query = { seq: 1, next_by_subj: filter };
    const found = await manager.streams.getMessage(stream, query);
    return found?.seq ?? Number.POSITIVE_INFINITY;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code.noMessage) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

async function configOf(manager: JetStreamManager, plan: DurablePlan): Promise<ConsumerConfig | undefined> {
  try {
    return (await manager.consumers.info(plan.stream, plan.durable)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code.noConsumer) return undefined;
    throw error;
  }
}

async function make(manager: JetStreamManager, plan: DurablePlan): Promise<ConsumerConfig> {
  const config = { ...durableConfig(plan), ...(await startOf(manager, plan)) };
  try {
    return (await manager.consumers.add(plan.stream, config)).config;
  } catch (error) {
    // Another admin step may have made it meanwhile, from a sequence of its own: that one counts.
    const made = await configOf(manager, plan);
    if (made) return made;
    throw error;
  }
}

async function startOf(
  manager: JetStreamManager,
  { stream, from }: DurablePlan,
): Promise<Partial<ConsumerConfig>> {
  if (from === 'beginning') return { deliver_policy: DeliverPolicy.All };
  const { state } = await manager.streams.info(stream);
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: state.last_seq + 1 };
}

/**
 * No `backoff`: its first entry would replace the ack wait. No end of deliveries, and none of the durable.
 */
const durableConfig = (plan: DurablePlan): Partial<ConsumerConfig> => ({
  durable_name: plan.durable,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(plan.ackWaitMs),
  max_ack_pending: plan.maxAckPending,
  max_deliver: -1,
  ...(plan.filters.length > 0 && { filter_subjects: [...plan.filters] }),
});

const filtersOf = (config: Partial<ConsumerConfig>): readonly string[] =>
  config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []);

/** The whole configuration to update to, or `undefined`. @throws as `reconcileDurable`. */
function durableChange(plan: DurablePlan, actual: ConsumerConfig): Partial<ConsumerConfig> | undefined {
  const from = actual.deliver_policy === DeliverPolicy.All ? 'beginning' : 'now';
  if (from !== plan.from) refuse(plan, 'start', from, plan.from);
  if (actual.ack_policy !== AckPolicy.Explicit)
    refuse(plan, 'ack policy', actual.ack_policy, AckPolicy.Explicit);
  const heard = filtersOf(actual);
  const same =
    addedTo(plan, heard).length === 0 &&
    heard.length === plan.filters.length &&
    actual.ack_wait === nanos(plan.ackWaitMs) &&
    actual.max_ack_pending === plan.maxAckPending &&
    actual.max_deliver === -1 &&
    !actual.backoff?.length &&
    !actual.inactive_threshold;
  if (same) return undefined;
  const {
    filter_subject: _one,
    filter_subjects: _many,
    backoff: _backoff,
    inactive_threshold: _end,
    ...kept
  } = actual;
  return { ...kept, ...durableConfig(plan) };
}

function refuse({ stream, durable }: DurablePlan, key: string, actual: string, expected: string): never {
  throw new RefrainError('RF_TOPOLOGY', {
    what: `${key} of durable ${durable} on ${stream}`,
    actual,
    expected,
  });
}
