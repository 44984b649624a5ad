import { notifications } from '@refrain/contract-notifications';
import { effect } from '@refrain/runtime';
import { type Letter, type MailGateway, MailFault } from './gateway.ts';
import { mail } from './mail.ts';

const whyCancelled: Readonly<Record<string, string>> = {
  card_declined: 'Your card was declined.',
  charge_failed: 'The payment did not come about.',
  charge_abandoned: 'The payment did not come about.',
  out_of_stock: 'Not everything that you ordered is in stock.',
  deadline: 'It could not be settled in time.',
  requested: 'You asked for it.',
};

interface Asked {
  orderId: string;
  customer: { email: string };
  about: 'completed' | 'cancelled';
  reason?: string | undefined;
}

function letterOf({ orderId, customer, about, reason = '' }: Asked): Letter {
  const why = whyCancelled[reason] ?? 'Something went wrong on our side.';
  const text =
    about === 'completed'
      ? 'Thank you. Your order is paid for, and your goods are set aside.'
      : `Your order is cancelled. ${why} Nothing is charged, and what was charged has gone back.`;
  return { orderId, to: customer.email, subject: `Your order ${orderId} is ${about}`, text };
}

/** What notifications does to the world. The contract says that it is never repeated on its own. */
export const effects = (gateway: MailGateway) => [
  effect(notifications, 'send', {
    send: async (asked, call) => {
      await gateway.send(letterOf(asked), call);
      return mail.recordSent({ orderId: asked.orderId });
    },
    happened: ({ orderId }) => mail.recordSent({ orderId }),
    classify: (error) => (error instanceof MailFault ? error.failure : undefined),
  }),
];
