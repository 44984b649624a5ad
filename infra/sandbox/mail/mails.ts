import type { Database } from '../door/database.ts';

/** A mail that was accepted. Two with one `messageId` are a mail that went out twice. */
export interface ReceivedMail {
  /** As it stands in the header, angle brackets included; null if the mail had none. */
  readonly messageId: string | null;
  /** Whom the envelope names, separated by commas: who gets the mail, whatever its header says. */
  readonly to: string;
  readonly subject: string | null;
  /** From the header `X-Refrain-Order-Id`. */
  readonly orderId: string | null;
  /** From the header `X-Refrain-Operation-Id`. */
  readonly operationId: string | null;
  /** From the header `Refrain-Correlation-Id`. */
  readonly correlationId: string | null;
  /** All headers, names in lower case; of a name that stands there several times the last. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 8601 UTC. */
  readonly at: string;
}

export interface Mails {
  append(mail: ReceivedMail): void;
  list(): ReceivedMail[];
}

export const mailTables = `
  CREATE TABLE IF NOT EXISTS mails (n INTEGER PRIMARY KEY AUTOINCREMENT, mail TEXT NOT NULL) STRICT;`;

export function createMails({ sqlite }: Database): Mails {
  const insert = sqlite.prepare('INSERT INTO mails (mail) VALUES (?)');
  const select = sqlite.prepare('SELECT mail FROM mails ORDER BY n');
  return {
    append: (mail) => void insert.run(JSON.stringify(mail)),
    list: () => select.all().map((row) => JSON.parse(String(row['mail'])) as ReceivedMail),
  };
}
