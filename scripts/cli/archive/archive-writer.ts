import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRefrainError, messageOf, RefrainError } from '@refrain/errors';
import { ARCHIVE_LINE_BYTES_MAX, endLine } from '@refrain/event-log';

/** Bytes gathered for one write to the file. */
const WRITE_BYTES = 1024 * 1024;

/** What was not written to for so long, in milliseconds, is what a killed export left. */
const LEFT_MS = 24 * 3_600_000;

/** What a file holds that was written. */
export interface Written {
  readonly events: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes an archive. The file appears when it is whole, with its last line; where `write` throws, none does.
 * Until then it has a name of its own: several that write the same file do not meet before the end, where the
 * first one has it. What killed ones left a day ago is removed.
 * @throws RF_EXPORT for a line that nobody could read again, and for a file that cannot be written.
 */
export async function writeArchive(
  file: string,
  write: (add: (line: string, events?: number) => Promise<void>) => Promise<void>,
): Promise<Written> {
  const part = `${file}.${randomUUID().slice(0, 8)}.part`;
  await removeLeft(file);
  const out = new ArchiveWriter(await onDisk(open(part, 'wx', 0o600), file));
  try {
    await write(async (line, events) => await onDisk(out.add(line, events), file));
    const written = await onDisk(out.end(), file);
    await onDisk(publish(part, file), file);
    return written;
  } finally {
    await out.close();
    await rm(part, { force: true });
  }
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Gives the file its name where nobody has it; where the file system has no links, also where one has. */
async function publish(part: string, file: string): Promise<void> {
  try {
    await link(part, file);
  } catch (error) {
    if (!NO_LINKS.includes(codeOf(error))) throw error;
    await rename(part, file);
  }
}

async function removeLeft(file: string): Promise<void> {
  const folder = dirname(file);
  const isPart = (name: string): boolean =>
    name.startsWith(`${basename(file)}.`) && /\.[0-9a-f]{8}\.part$/.test(name);
  const names = (await readdir(folder).catch(() => [])).filter(isPart);
  for (const path of names.map((name) => join(folder, name))) {
    const last = await stat(path).catch(() => undefined);
    if (last?.isFile() && Date.now() - last.mtimeMs > LEFT_MS) await rm(path, { force: true });
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code);

/** @throws RF_EXPORT saying what the file system said. */
async function onDisk<T>(work: Promise<T>, file: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isRefrainError(error)) throw error;
    const why = codeOf(error) === 'EEXIST' ? 'another export has written it meanwhile' : messageOf(error);
    throw new RefrainError('RF_EXPORT', { problem: `${file} cannot be written: ${why}` }, { cause: error });
  }
}

class ArchiveWriter {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #waiting: string[] = [];
  #waitingBytes = 0;
  #events = 0;
  #bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async add(line: string, events = 0): Promise<void> {
    // Of what is exported the original may be gone when it is read: better to learn it now.
    if (Buffer.byteLength(line) > ARCHIVE_LINE_BYTES_MAX)
      throw new RefrainError('RF_EXPORT', {
        problem: `a line would be longer than the ${ARCHIVE_LINE_BYTES_MAX} bytes that an import reads: ${line.slice(0, 120)}`,
      });
    const text = `${line}\n`;
    this.#events += events;
    this.#waiting.push(text);
    this.#waitingBytes += text.length;
    if (this.#waitingBytes >= WRITE_BYTES) await this.#write();
  }

  /** Writes the last line, and sees to it that all is on disk. */
  async end(): Promise<Written> {
    await this.#write();
    const about = { events: this.#events, sha256: this.#hash.copy().digest('hex') };
    await this.add(endLine(about));
    await this.#write();
    await this.#handle.sync();
    return { ...about, bytes: this.#bytes };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#handle.writeFile(bytes);
  }
}
