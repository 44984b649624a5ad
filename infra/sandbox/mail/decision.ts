import type { Calls } from '../door/calls.ts';
import type { Database } from '../door/database.ts';
import type { Faults } from '../door/faults.ts';
import { readHeaders } from './headers.ts';
import type { MailCall } from './mail-calls.ts';
import type { MailFaults } from './mail-faults.ts';
import type { Mails } from './mails.ts';

interface Desk {
  readonly database: Database;
  readonly calls: Calls<Omit<MailCall, 'n'>>;
  readonly faults: Faults<MailFaults>;
  readonly mails: Mails;
  readonly now: () => number;
}

/** What a client is told, and how. */
export interface Verdict {
  readonly status: number;
  readonly text: string;
  readonly cut: boolean;
  readonly delayMs: number;
}

export interface Message {
  readonly text: string;
  readonly to: string;
  readonly isTooLarge: boolean;
}

/** Decides, and stores as one transaction, what becomes of each thing a session asks for. */
export interface Decide {
  connect(session: string): Verdict;
  mail(session: string): Verdict;
  data(session: string, message: Message): Verdict;
  /** The session is over; what was known of it is forgotten. */
  leave(session: string): void;
}

const accepted: Verdict = { status: 250, text: 'OK: kept', cut: false, delayMs: 0 };
const nobody = { messageId: null, orderId: null, operationId: null, correlationId: null };

export function createDecisions({ database, calls, faults, mails, now }: Desk): Decide {
  /** The fault that strikes each session's present mail: drawn at MAIL FROM, once for the whole mail. */
  const struckBy = new Map<string, ReturnType<typeof faults.strike>>();
  const at = () => new Date(now()).toISOString();

  const connect = (session: string): Verdict => {
    // Only `down` is drawn per connection: all else strikes a mail, which a connection may carry several of.
    const cut = faults.read().mode === 'down' && faults.strike() === 'down';
    const fate = cut ? ({ fate: 'reset', status: null } as const) : ({ fate: 'ok', status: 220 } as const);
    calls.record({ at: at(), session, command: 'connect', ...fate, ...nobody });
    return { ...accepted, cut };
  };

  const mail = (session: string): Verdict => {
    const struck = faults.read().mode === 'down' ? 'none' : faults.strike();
    struckBy.set(session, struck);
    const refuse = (
      fate: 'throttled' | 'failed_before',
      { status, text }: { status: number; text: string },
    ) => {
      calls.record({ at: at(), session, command: 'mail', fate, status, ...nobody });
      return { ...accepted, status, text };
    };
    if (struck === 'throttle')
      return refuse('throttled', { status: 450, text: 'Too many mails. Try again later.' });
    if (struck === 'fail_before')
      return refuse('failed_before', { status: 451, text: 'Failed. Nothing was kept.' });
    return accepted;
  };

  const data = (session: string, { text, to, isTooLarge }: Message): Verdict => {
    const headers = readHeaders(text);
    const known = {
      messageId: headers['message-id'] ?? null,
      orderId: headers['x-refrain-order-id'] ?? null,
      operationId: headers['x-refrain-operation-id'] ?? null,
      correlationId: headers['refrain-correlation-id'] ?? null,
    };
    const call = { at: at(), session, command: 'data', ...known } as const;
    if (isTooLarge) {
      calls.record({ ...call, fate: 'bad_request', status: 552 });
      return { ...accepted, status: 552, text: 'The message is too large. Nothing was kept.' };
    }
    const struck = struckBy.get(session);
    const cut = struck === 'fail_after';
    mails.append({ ...known, to, subject: headers['subject'] ?? null, headers, at: call.at });
    calls.record({
      ...call,
      ...(cut ? { fate: 'failed_after', status: null } : { fate: 'ok', status: 250 }),
    });
    return { ...accepted, cut, delayMs: struck === 'slow' ? faults.read().delayMs : 0 };
  };

  return {
    connect: (session) => database.atomically(() => connect(session)),
    mail: (session) => database.atomically(() => mail(session)),
    data: (session, message) => database.atomically(() => data(session, message)),
    leave: (session) => void struckBy.delete(session),
  };
}
