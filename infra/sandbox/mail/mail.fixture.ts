import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { onTestFinished } from 'vitest';
import { type MailCall, type MailOptions, type ReceivedMail, startMail } from './mod.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-mail-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A sandbox of the test's own, with the fault it is to have, and both ways to talk to it. */
export async function openMail({ faults, ...options }: Partial<MailOptions> & { faults?: object } = {}) {
  const mail = await startMail({ dataDir: temporaryFolder(), ...options });
  onTestFinished(() => mail.close());
  const control = controlOf(mail.url);
  if (faults) await control.setFaults(faults);
  return { ...mail, ...control, send: mailer(mail.smtpUrl) };
}

export function controlOf(url: string) {
  const get = async (path: string) => (await fetch(`${url}${path}`)).json();
  return {
    get,
    mails: () => get('/mails') as Promise<ReceivedMail[]>,
    calls: async () => {
      const calls = (await get('/calls')) as MailCall[];
      return calls.map(({ command, fate, status }) => `${command} ${fate} ${status ?? '-'}`);
    },
    setFaults: (faults: object) =>
      fetch(`${url}/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      }),
  };
}

/**
 * One connection per mail, as a mail that must not be repeated needs it: a pool queues a failed mail again.
 */
export function mailer(smtpUrl: string) {
  const { hostname: host, port } = new URL(smtpUrl);
  const transport = createTransport({ host, port: Number(port), pool: false, ignoreTLS: true });
  return (mail: SendMailOptions = {}) =>
    transport.sendMail({
      from: 'shop@refrain.local',
      to: 'ada@example.com',
      subject: 'Your order is complete',
      text: 'Thank you.',
      messageId: '<operation-1@refrain.local>',
      headers: {
        'X-Refrain-Order-Id': 'order-1',
        'X-Refrain-Operation-Id': 'operation-1',
        'Refrain-Correlation-Id': 'flow-1',
      },
      ...mail,
    });
}

interface SmtpFailure extends Error {
  responseCode?: number;
  code?: string;
}

/** What a rejected mail was rejected with. */
export const failureOf = (sent: Promise<unknown>): Promise<SmtpFailure> =>
  sent.then(
    () => {
      throw new Error('The mail was accepted, and it should not have been.');
    },
    (error: unknown) => error as SmtpFailure,
  );
