import type { ServiceDefinition } from '@refrain/runtime';
import { charge } from '@refrain/service-payments/charge';

/** A build of payments whose refunds give another reason: a decision that was changed on purpose. */
export function changedPayments(payments: ServiceDefinition): ServiceDefinition {
  const { $decider } = charge;
  const changed: typeof $decider = {
    ...$decider,
    decide: (state, command) =>
      $decider.decide(state, command).map((event) => {
        if (event.type !== 'RefundRequested') return event;
        return { ...event, data: { ...(event.data as object), reason: 'changed' } };
      }),
  };
  return { ...payments, deciders: [{ $decider: changed }] };
}
