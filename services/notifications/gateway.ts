import type { notifications } from '@refrain/contract-notifications';
import type { Call } from '@refrain/runtime';

export type MailFailure = keyof (typeof notifications)['$effects']['send']['failures'];

export interface Letter {
  readonly orderId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What notifications needs of a mail server. What is expected to fail throws a MailFault. */
export interface MailGateway {
  /** Hands the letter over. Nothing protects a repeat: it would be a second mail. */
  send(letter: Letter, call: Call): Promise<void>;
}

/** A failure that the contract knows. Anything else that a gateway throws is a defect. */
export class MailFault extends Error {
  override readonly name = 'MailFault';
  readonly failure: MailFailure;

  constructor(failure: MailFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
