import { createTransport } from 'nodemailer';
import { MailFault, type MailFailure, type MailGateway } from './gateway.ts';

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly syscall?: string;
}

/**
 * Whether the server has agreed to take the text (354): from then on nobody can say what became of the mail.
 */
function watchForData() {
  let agreed = false;
  const watch = (entry: { tnx?: string }, text?: unknown): void => {
    if (entry.tnx === 'message' || (entry.tnx === 'server' && String(text).startsWith('354'))) agreed = true;
  };
  const logger = {
    level: () => {},
    trace: watch,
    debug: watch,
    info: watch,
    warn: watch,
    error: watch,
    fatal: watch,
  };
  return { logger, hasAgreed: () => agreed };
}

/** What went wrong before the server agreed to take the text: the mail has surely not gone out. */
function failureBeforeData(error: SmtpError): MailFailure | undefined {
  const { code, responseCode = 0, syscall } = error;
  if (code === 'EAUTH') return undefined; // a wrong password is no answer about this mail
  if (responseCode >= 500) return 'mail_rejected';
  if (responseCode >= 400) return 'mail_busy';
  if (code === 'EENVELOPE') return 'mail_rejected'; // an address that is none
  if (syscall === 'connect' || code === 'EDNS') return 'mail_refused';
  return code === undefined && error.name !== 'AbortError' ? undefined : 'mail_unsent';
}

/** Servers repeat the customer's address in their refusals, and what went wrong is told in logs. */
const withoutAddresses = (text: string): string => text.replaceAll(/[^\s<>"'(),:;]+@[^\s<>"'(),:;]+/g, '…');

/**
 * A mail server over SMTP, one connection per mail: a pool would queue a failed mail again on its own.
 * `url`: `smtp://127.0.0.1:4025`, with `user:password@` where it wants them.
 */
export function smtpGateway({
  url,
  from = 'shop@refrain.local',
}: {
  url: string;
  from?: string;
}): MailGateway {
  return {
    send: async ({ orderId, to, subject, text }, call) => {
      const { logger, hasAgreed } = watchForData();
      const transport = createTransport({ url, pool: false, logger, transactionLog: true });
      try {
        await transport.sendMail({
          from,
          to,
          subject,
          text,
          messageId: `<${call.operationId}@refrain.local>`,
          headers: {
            'X-Refrain-Order-Id': orderId,
            'X-Refrain-Operation-Id': call.operationId,
            'Refrain-Correlation-Id': call.correlationId,
            traceparent: call.traceparent,
          },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal: call.signal,
        });
      } catch (error) {
        const failure = hasAgreed() ? 'mail_unknown' : failureBeforeData(error as SmtpError);
        const reason = withoutAddresses((error as Error).message);
        if (failure === undefined) throw new Error(reason, { cause: error });
        throw new MailFault(failure, reason, { cause: error });
      }
    },
  };
}
