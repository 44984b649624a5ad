import { headersOf, type NewCommit } from '@refrain/event-log';
import { Bug } from '@refrain/errors';
import type { Msg } from 'nats';

/**
 * Where client 3.4 keeps what it received. Decoding its header objects costs more than all else a reader
 * does.
 */
interface Received {
  readonly _rdata?: Uint8Array;
  readonly _msg?: { readonly hdr: number };
}

/** A message's headers as they came: `NATS/1.0 <status>\r\nName: value\r\n…`; empty when it has none. */
export function headerTextOf(msg: Msg): string {
  const { _rdata: bytes, _msg: args } = msg as unknown as Received;
  if (!bytes || !args)
    throw new Bug('The NATS client keeps received bytes elsewhere: headers.ts has to follow it.');
  return args.hdr > 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, args.hdr).toString() : '';
}

/** The value of a header, by its exact name; `undefined` when it is not there. */
export function headerOf(text: string, name: string): string | undefined {
  const at = text.indexOf(`\r\n${name}:`);
  if (at === -1) return undefined;
  const from = at + name.length + 3;
  const to = text.indexOf('\r\n', from);
  return text.slice(from, to === -1 ? undefined : to).trim();
}

/** The status of a reply that carries one (`204`, `404`, …); 0 for a message. */
export const statusOf = (text: string): number => Number(/^NATS\/1\.0 (\d{3})/.exec(text)?.[1] ?? 0);

/** Headers as bytes. @throws Bug for a value with a line break: it would be read as headers of its own. */
export function headerBytes(lines: Readonly<Record<string, string | undefined>>): Uint8Array {
  let text = 'NATS/1.0\r\n';
  for (const name in lines) {
    const value = lines[name];
    if (value === undefined || value === '') continue;
    if (value.includes('\n') || value.includes('\r')) throw new Bug(`The header ${name} has a line break.`);
    text += `${name}: ${value}\r\n`;
  }
  return Buffer.from(`${text}\r\n`);
}

export const commitHeaders = (commit: NewCommit): Uint8Array => headerBytes(headersOf(commit));
