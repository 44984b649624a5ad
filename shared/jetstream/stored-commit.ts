import { isIntake } from '@refrain/contract-kit';
import { RefrainError } from '@refrain/errors';
import {
  type Commit,
  type CommitBody,
  decodeBody,
  decodeTold,
  type Entity,
  entityOfSubject,
  outsiderOf,
  type StoredMessage,
  streamOf,
} from '@refrain/event-log';
import type { Msg } from 'nats';
import { headerOf, headerTextOf } from './headers.ts';

/**
 * When an imported commit was stored first, ISO 8601 UTC with milliseconds. STORED FORMAT. What is counted
 * from the log (a deadline, how long a key is honoured) is counted from then.
 */
export const TIME_HEADER = 'Refrain-Time';

/** A message of an event stream as a commit. Nothing is decoded before it is asked for. */
export class StoredCommit implements Commit {
  readonly seq: number;
  readonly #storedAt: number;
  readonly #service: string;
  readonly #subject: string;
  readonly #header: string;
  readonly #data: Uint8Array;
  /** `null`: the subject is no entity's. */
  #entity: Entity | null | undefined;
  #types: readonly string[] | undefined;
  #body: CommitBody | undefined;

  constructor(m: {
    service: string;
    subject: string;
    seq: number;
    at: number;
    header: string;
    data: Uint8Array;
  }) {
    this.seq = m.seq;
    this.#storedAt = m.at;
    this.#service = m.service;
    this.#subject = m.subject;
    this.#header = m.header;
    this.#data = m.data;
  }

  get at(): number {
    const first = headerOf(this.#header, TIME_HEADER);
    return first === undefined ? this.#storedAt : Date.parse(first);
  }

  get id(): string {
    return headerOf(this.#header, 'Nats-Msg-Id') ?? '';
  }

  get expected(): number | undefined {
    const said = headerOf(this.#header, 'Nats-Expected-Last-Subject-Sequence');
    return said === undefined ? undefined : Number(said);
  }

  get bytes(): number {
    return this.#data.length;
  }

  /**
   * A foreign subject gets a name of its own, so that a dead letter can be written about it; its body is
   * refused.
   */
  get entity(): Entity {
    if (isIntake(this.#service)) return outsiderOf(this.#service, this.#subject, this.seq);
    const { seq } = this;
    return this.#ownEntity() ?? { service: this.#service, entityType: 'unreadable', entityId: String(seq) };
  }

  /** Read from the subject once: who goes through a whole log asks several times for each commit. */
  #ownEntity(): Entity | null {
    if (this.#entity === undefined) this.#entity = entityOfSubject(this.#subject) ?? null;
    return this.#entity;
  }

  get types(): readonly string[] {
    this.#types ??= (headerOf(this.#header, 'Refrain-Types') ?? '').split(',').filter(Boolean);
    return this.#types;
  }

  /** As it is stored, but for what the broker adds to a reply, and what an import added to the message. */
  get message(): StoredMessage {
    const lines = this.#header.split('\r\n').slice(1);
    const isOwn = (line: string): boolean => line !== '' && !ADDED.has(line.slice(0, line.indexOf(':')));
    const header = lines.filter(isOwn).map((line) => `${line}\r\n`);
    const place = { service: this.#service, subject: this.#subject, seq: this.seq, at: this.at };
    return { ...place, header: header.join(''), body: this.#data };
  }

  body(): CommitBody {
    if (isIntake(this.#service)) {
      const at = { source: this.#service, outsider: this.entity.entityType, seq: this.seq };
      this.#body ??= decodeTold(Buffer.from(this.#data).toString(), at);
      return this.#body;
    }
    if (!this.#ownEntity()) {
      const problem = `"${this.#subject}" is no entity's subject`;
      throw new RefrainError('RF_COMMIT_INVALID', {
        stream: streamOf(this.#service),
        seq: this.seq,
        problem,
      });
    }
    const { buffer, byteOffset, length } = this.#data;
    this.#body ??= decodeBody(Buffer.from(buffer, byteOffset, length).toString(), {
      service: this.#service,
      seq: this.seq,
    });
    return this.#body;
  }
}

const ADDED: ReadonlySet<string> = new Set([
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Last-Sequence',
  'Nats-Num-Pending',
  'Nats-UpTo-Sequence',
  'Nats-Expected-Last-Sequence',
  TIME_HEADER,
]);

/** A reply of a direct get, which repeats in its headers where the message lies. */
export const commitOfReply = (service: string, msg: Msg, header: string): StoredCommit =>
  new StoredCommit({
    service,
    header,
    subject: headerOf(header, 'Nats-Subject') ?? '',
    seq: Number(headerOf(header, 'Nats-Sequence')),
    at: Date.parse(headerOf(header, 'Nats-Time-Stamp') ?? ''),
    data: msg.data,
  });

/** A delivery, whose reply subject says where the message lies. */
export const commitOfDelivery = (service: string, msg: Msg, at: { seq: number; at: number }): StoredCommit =>
  new StoredCommit({
    service,
    header: headerTextOf(msg),
    subject: msg.subject,
    seq: at.seq,
    at: at.at,
    data: msg.data,
  });
