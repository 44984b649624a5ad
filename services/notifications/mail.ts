import { notifications } from '@refrain/contract-notifications';
import { defineDecider } from '@refrain/decider';

interface Letter {
  orderId: string;
  customer: { email: string };
  about: 'completed' | 'cancelled';
  reason?: string | undefined;
}

/** What is known of one order's mail. */
export interface Mail {
  status: 'none' | 'requested' | 'sent' | 'unresolved';
}

const initialState: Mail = { status: 'none' };

/** What one mail decides: it goes out once. `[]` means: nothing to add. */
export const mail = defineDecider(
  notifications,
  'mail',
  initialState,
)({
  evolve: {
    MailRequested: (state) => {
      if (state.status === 'none') state.status = 'requested';
    },
    MailSent: (state) => {
      state.status = 'sent';
    },
    MailUnresolved: (state) => {
      if (state.status !== 'sent') state.status = 'unresolved';
    },
  },
  decide: {
    // An order that its log lost has no customer to write to.
    request: (state, letter: Letter) =>
      state.status === 'none' && letter.customer.email !== '' ? [notifications.MailRequested(letter)] : [],
    // It has gone out. That counts whatever was concluded meanwhile.
    recordSent: (state, { orderId }: { orderId: string }) =>
      state.status === 'sent' ? [] : [notifications.MailSent({ orderId })],
  },
});
