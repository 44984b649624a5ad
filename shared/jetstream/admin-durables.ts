import { RefrainError } from '@refrain/errors';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from 'nats';
import { code } from './refusal.ts';
import type { DurablePlan } from './topology.ts';

/**
 * Makes a durable, or brings it to the plan where that loses nothing. Where it begins is decided once, when
 * it is made: 'now' is then the sequence behind the last one, stored in its configuration, and never moves.
 *
 * @throws RF_TOPOLOGY when it begins elsewhere than planned, or would have to hear a type's history it
 * has passed.
 */
export async function reconcileDurable(manager: JetStreamManager, plan: DurablePlan): Promise<void> {
  const actual = (await configOf(manager, plan)) ?? (await make(manager, plan));
  const change = durableChange(plan, actual);
  if (change) await manager.consumers.update(plan.stream, plan.durable, change);
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
  const added =
    plan.filters.length === 0
      ? heard.length > 0
      : plan.filters.some((filter) => heard.length > 0 && !heard.includes(filter));
  // It has passed the history of what it did not hear; under another name it would begin at the beginning.
  if (added && plan.from === 'beginning')
    refuse(plan, 'entity types', heard.join(' ') || 'all', plan.filters.join(' ') || 'all');
  const same =
    !added &&
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
