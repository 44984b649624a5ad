import { paymentsService } from './service.ts';

/** Payments with a provider that does what it is asked, one payment for each operation. It reaches nobody. */
export const standIn = () =>
  paymentsService({
    gateway: {
      create: async (_, { operationId }) => `pi_${operationId}`,
      confirm: async () => {},
      statusOf: async () => 'captured',
      cancel: async () => 'captured',
      refund: async () => {},
      refundedOf: async () => Number.MAX_SAFE_INTEGER,
      charged: async () => ({ moved: [] }),
      refunded: async () => ({ moved: [] }),
    },
  });
