import { type Letter, MailFault, type MailFailure, type MailGateway } from './gateway.ts';

/** A mail server in memory that keeps what it received, and fails when it is told to. */
export function fakeMailServer() {
  const mails: (Letter & { operationId: string })[] = [];
  const planned: { failure: MailFailure; happens: boolean }[] = [];
  const gateway: MailGateway = {
    send: async (letter, { operationId }) => {
      const plan = planned.shift();
      if (!plan || plan.happens) mails.push({ ...letter, operationId });
      if (plan) throw new MailFault(plan.failure, `planned: ${plan.failure}`);
    },
  };
  return {
    ...gateway,
    mails,
    /** The next mail fails. `happens`: the caller hears of a failure, and it went out all the same. */
    failNext: (failure: MailFailure, { happens = false } = {}): void => {
      planned.push({ failure, happens });
    },
  };
}
