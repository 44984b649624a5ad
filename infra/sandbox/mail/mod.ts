import { join } from 'node:path';
import { callTables, createCalls } from '../door/calls.ts';
import { createControl, faultRoutes, healthRoutes, readCallQuery } from '../door/control.ts';
import { openDatabase } from '../door/database.ts';
import { createFaults, faultTables } from '../door/faults.ts';
import { createDoor } from '../door/http.ts';
import { createPort } from '../door/port.ts';
import { createDecisions } from './decision.ts';
import type { MailCall } from './mail-calls.ts';
import { mailFaults } from './mail-faults.ts';
import { createMails, mailTables } from './mails.ts';
import { createSmtpSide } from './smtp-side.ts';

export type { MailCall } from './mail-calls.ts';
export type { MailFaults } from './mail-faults.ts';
export type { ReceivedMail } from './mails.ts';

export interface MailOptions {
  /** The mails are in `mail/mails.sqlite` in this folder, which is gone on with if it is there. */
  readonly dataDir: string;
  /** Default 0: a free one. */
  readonly httpPort?: number;
  /** Default 0: a free one. */
  readonly smtpPort?: number;
  /** Milliseconds since 1970. Default the machine's clock. */
  readonly now?: () => number;
}

export interface MailSandbox {
  readonly url: string;
  readonly smtpUrl: string;
  close(): Promise<void>;
}

/**
 * Starts the sandbox in this process. A `gone` that was set before goes on: SMTP listens when that is over.
 */
export async function startMail(options: MailOptions): Promise<MailSandbox> {
  const { dataDir, httpPort = 0, smtpPort = 0, now = Date.now } = options;
  const tables = mailTables + callTables + faultTables;
  const database = openDatabase(join(dataDir, 'mail', 'mails.sqlite'), tables);
  const mails = createMails(database);
  const calls = createCalls<Omit<MailCall, 'n'>>(database);
  const faults = createFaults(database, { schema: mailFaults, now });

  const smtp = createPort(createSmtpSide(createDecisions({ database, calls, faults, mails, now })), smtpPort);
  const control = createControl({
    ...healthRoutes,
    ...faultRoutes({ faults, schema: mailFaults, leave: (forMs, back) => smtp.leave(forMs, back) }),
    'GET /mails': () => mails.list(),
    'GET /calls': (incoming) => calls.list(readCallQuery(incoming)),
  });
  const http = createPort(createDoor(control), httpPort);
  const httpNumber = await http.open();
  const smtpNumber = await smtp.open(faults.awayMs());
  faults.comeBack();
  return {
    url: `http://127.0.0.1:${httpNumber}`,
    smtpUrl: `smtp://127.0.0.1:${smtpNumber}`,
    async close() {
      await Promise.all([smtp.close(), http.close()]);
      database.close();
    },
  };
}
