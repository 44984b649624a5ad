import { messageOf, RefrainError } from '@refrain/errors';
import type { ArchiveBegin, ArchiveEnd, Bucket, StoredMessage } from '@refrain/event-log';
import {
  adoptPlatform,
  type BrokerPlan,
  type Copies,
  inspectBroker,
  jetStreamRecovering,
  RECOVERY_STREAM,
  reconcile,
} from '@refrain/jetstream';
import { type Imported, putBack, readImport, writeImport } from '@refrain/runtime';
import type { Admin } from '../as-admin.ts';
import { plural } from '../plural.ts';
import { itemsOf } from './archive-file.ts';
import { PROGRESS_EVERY, progressOf } from './progress.ts';

/** A file that was read to its end and found to be whole. */
export interface CheckedArchive extends ArchiveBegin, ArchiveEnd {
  readonly file: string;
  readonly messages: number;
}

/** Messages on their way to the broker, and their bytes; as many are read meanwhile: the bound on memory. */
const BATCH = 1_000;
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Reads a whole archive and writes nothing.
 * @throws RF_ARCHIVE for one that is no archive, cut off or altered, RF_IMPORT for one of other services.
 */
export async function checkArchive(
  file: string,
  services: readonly string[],
  onProgress: (text: string) => void,
): Promise<CheckedArchive> {
  let begin: ArchiveBegin | undefined;
  let end: ArchiveEnd | undefined;
  let messages = 0;
  let tell: ReturnType<typeof progressOf> | undefined;
  for await (const item of itemsOf(file)) {
    if (item.kind === 'begin') {
      begin = item.begin;
      checkServices(file, begin, services);
      tell = progressOf('checking', totalOf(begin));
    }
    if (item.kind === 'message' && ++messages % PROGRESS_EVERY === 0) onProgress(tell?.(messages) ?? '');
    // No return here: what follows the last line is read, too, and refused.
    if (item.kind === 'end') ({ end } = item);
  }
  if (begin && end) return { file, ...begin, ...end, messages };
  throw new RefrainError('RF_ARCHIVE', { file, line: 1, problem: 'it is empty' });
}

/** A service that the file does not know is new in this build: its log is empty. */
function checkServices(
  file: string,
  { positions, without, flow }: ArchiveBegin,
  services: readonly string[],
): void {
  const unknown = Object.keys(positions).filter((service) => !services.includes(service));
  const problems = [
    ...(flow === undefined ? [] : [`it is the history of one flow (${flow})`]),
    ...(unknown.length > 0
      ? [`it holds the log of ${unknown.join(', ')}, which this build does not know`]
      : []),
    ...(without.length > 0
      ? [
          `the log of ${without.join(', ')} was left out of it; export without --service, and dismiss guests before`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new RefrainError('RF_IMPORT', { file, problem: problems.join('; ') });
}

const totalOf = ({ positions }: Pick<ArchiveBegin, 'positions'>): number =>
  Object.values(positions).reduce((sum, n) => sum + n, 0);

export interface ImportParts {
  readonly archive: CheckedArchive;
  readonly connection: Admin['connection'];
  readonly plan: BrokerPlan;
  /** Who may write to the log of a service. */
  readonly copiesOf: (service: string) => Promise<Copies>;
  readonly onProgress: (text: string) => void;
}

export interface ImportResult {
  /** Messages that were there already, of an import that was broken off. */
  readonly before: number;
  /** It had ended before: nothing was done. */
  readonly again: boolean;
  /** Its services call already: somebody has taken it over since. */
  readonly takenOver: boolean;
}

/**
 * Fills an empty platform from an archive: it takes over its id, and every message lies where it lay. Marked
 * first, so that nothing begins on a part of it; broken off, it is gone on with by the same file. In the end
 * the platform is held: its services call nobody.
 * @throws RF_IMPORT where something lies there, RF_IMPORT_BROKEN_OFF.
 */
export async function importArchive(parts: ImportParts): Promise<ImportResult> {
  const { archive, connection, plan } = parts;
  const { platformId, sha256, positions } = archive;
  const { bucket } = jetStreamRecovering(connection);
  checkBeginnings(archive, plan);
  const { imported, revision } = await placeFor(parts, bucket);
  if (imported && imported.phase !== 'importing')
    return { before: archive.messages, again: true, takenOver: imported.phase === 'taken-over' };
  const own = { ...plan, platformId };
  // The mark before all else: from here on no service begins.
  const marked = { streams: plan.streams.filter(({ name }) => name === RECOVERY_STREAM), durables: [] };
  await reconcile(connection, { ...plan, ...marked });
  const mark: Imported = { phase: 'importing', sha256, positions };
  const at = imported ? revision : await writeImport(bucket, mark, revision);
  if (at === undefined) throw refused(archive, 'another import began at the same moment');
  let done = 0;
  try {
    // Who began before the mark was there hears by now, or looks again and finds it.
    const busy = await whoHears(parts);
    if (busy) throw new Error(busy);
    await adoptPlatform(connection, plan, platformId);
    await reconcile(connection, own);
    const before = await writeAll(parts, bucket, (n) => (done = n));
    if ((await writeImport(bucket, { ...mark, phase: 'held' }, at)) === undefined)
      throw new Error('another import went on meanwhile');
    return { before, again: false, takenOver: false };
  } catch (error) {
    const { file, messages: total } = archive;
    const problem = messageOf(error).replace(/\.$/, '');
    throw new RefrainError('RF_IMPORT_BROKEN_OFF', { file, done, total, problem }, { cause: error });
  }
}

/** Who works there, in words; `undefined` when nobody does. */
async function whoHears({ connection, plan }: ImportParts): Promise<string | undefined> {
  const { durables } = await inspectBroker(connection, plan);
  const busy = durables
    .filter(({ asking }) => asking > 0)
    .map(({ durable, stream }) => `${durable} (${stream})`);
  return busy.length === 0
    ? undefined
    : `services run there, and wait for the deliveries of ${busy.join(', ')}; stop them`;
}

/** @throws RF_IMPORT naming what is there, and who works there. */
async function placeFor(parts: ImportParts, bucket: Bucket): ReturnType<typeof readImport> {
  const { archive, connection, plan } = parts;
  const busy = await whoHears(parts);
  if (busy) throw refused(archive, busy);
  const { streams } = await inspectBroker(connection, plan);
  const isThere = streams.some(({ name, missing }) => name === RECOVERY_STREAM && !missing);
  const found = isThere ? await readImport(bucket) : { imported: undefined, revision: 0 };
  if (found.imported) {
    const { sha256, phase } = found.imported;
    if (sha256 === archive.sha256) return found;
    const what =
      phase === 'importing' ? 'a part of another archive lies there' : 'another archive was imported';
    throw refused(archive, `${what} (sha256 ${sha256})`);
  }
  const filled = streams.filter(({ kind, lastSeq }) => kind !== 'bucket' && lastSeq > 0);
  if (filled.length > 0)
    throw refused(
      archive,
      `the platform is not empty: ${filled.map(({ name, lastSeq }) => `${name} holds ${plural(lastSeq, 'message')}`).join(', ')}`,
    );
  return found;
}

/** @throws RF_IMPORT where somebody hears only what comes: on an imported log it would hear all of it. */
function checkBeginnings(archive: CheckedArchive, { durables }: BrokerPlan): void {
  const late = durables.filter(({ from }) => from === 'now').map(({ durable }) => durable);
  if (late.length > 0)
    throw refused(archive, `${late.join(', ')} hears from 'now' on, and an archive does not say since when`);
}

const refused = ({ file }: CheckedArchive, problem: string): RefrainError =>
  new RefrainError('RF_IMPORT', { file, problem });

/** @returns how many messages were there before. */
async function writeAll(
  { archive, copiesOf, onProgress }: ImportParts,
  bucket: Bucket,
  onDone: (n: number) => void,
): Promise<number> {
  const tell = progressOf('importing', archive.messages);
  const log = new LogFiller(copiesOf);
  let told = 0;
  for await (const item of itemsOf(archive.file)) {
    if (item.kind === 'kept') await putBack(bucket, item.kept);
    if (item.kind === 'message') await log.add(item.message);
    if (item.kind === 'end') {
      if (item.end.sha256 !== archive.sha256) throw new Error('the file was changed meanwhile');
      await log.storeAll();
      await checkEnds(archive, copiesOf);
    }
    if (log.done >= told + PROGRESS_EVERY) onProgress(tell((told = log.done)));
    onDone(log.done);
  }
  onProgress('');
  return log.before;
}

/** What a process that had begun before stored meanwhile is in no archive. */
async function checkEnds({ positions }: CheckedArchive, copiesOf: ImportParts['copiesOf']): Promise<void> {
  for (const [service, position] of Object.entries(positions)) {
    const last = await (await copiesOf(service)).lastSequence(service);
    if (last !== position) throw new Error(`the log of ${service} ends at ${last}, expected ${position}`);
  }
}

/** Writes one log after the other, in batches, and passes over what is there already. */
class LogFiller {
  readonly #copiesOf: ImportParts['copiesOf'];
  #service: string | undefined;
  #copies: Copies | undefined;
  /** Where the log ended when the import came to it. */
  #end = 0;
  #batch: StoredMessage[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  before = 0;
  done = 0;

  constructor(copiesOf: ImportParts['copiesOf']) {
    this.#copiesOf = copiesOf;
  }

  async add(message: StoredMessage): Promise<void> {
    if (message.service !== this.#service) await this.#turnTo(message.service);
    if (message.seq <= this.#end) {
      if (message.seq === this.#end) await this.#compare(message);
      this.before++;
      this.done++;
      return;
    }
    this.#batch.push(message);
    this.#bytes += message.body.length + message.header.length;
    if (this.#batch.length >= BATCH || this.#bytes >= BATCH_BYTES) await this.#flush();
  }

  /** Resolves when all of it is stored. */
  async storeAll(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  /** Begins to write, when the batch before is stored: the file is read on meanwhile. */
  async #flush(): Promise<void> {
    await this.#writing;
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    this.#writing = this.#write(batch);
    this.#writing.catch(() => undefined); // who waits for it is told
  }

  async #write(batch: readonly StoredMessage[]): Promise<void> {
    await this.#copies?.write(batch);
    this.done += batch.length;
  }

  async #turnTo(service: string): Promise<void> {
    await this.storeAll();
    this.#service = service;
    this.#copies = await this.#copiesOf(service);
    this.#end = await this.#copies.lastSequence(service);
  }

  /** Of what was there before, the last one speaks for all: each was stored under the sequence before it. */
  async #compare({ service, seq, body, header }: StoredMessage): Promise<void> {
    const [found] = (await this.#copies?.read(service, seq, 1)) ?? [];
    if (found?.header === header && Buffer.from(found.body).equals(body)) return;
    throw new Error(`the log of ${service} holds something else at ${seq} than the archive`);
  }
}
