import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { isRefrainError, messageOf, RefrainError } from '@refrain/errors';
import { ARCHIVE_LINE_BYTES_MAX, endLine } from '@refrain/event-log';

/** Bytes gathered for one write to the file. */
const WRITE_BYTES = 1024 * 1024;

/**
 * After so long without a write, in milliseconds, an export is taken for killed. One that was suspended for
 * that long loses its file.
 */
const LEFT_MS = 3_600_000;

/** What a file holds that was written. */
export interface Written {
  readonly events: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes an archive. The file appears when it is whole, with its last line; where `write` throws, none does.
 * What a killed export left an hour ago is replaced, so that a nightly one goes on by itself.
 * @throws RF_EXPORT for a line that nobody could read again, and for a file that cannot be written.
 */
export async function writeArchive(
  file: string,
  write: (add: (line: string, events?: number) => Promise<void>) => Promise<void>,
): Promise<Written> {
  const part = `${file}.part`;
  const last = await stat(part).catch(() => undefined);
  if (last?.isFile() && Date.now() - last.mtimeMs > LEFT_MS) await onDisk(rm(part, { force: true }), file);
  // Only a new one: two that write the same would spoil each other's, and it may be somebody else's.
  const out = new ArchiveWriter(await onDisk(open(part, 'wx', 0o600), file));
  try {
    await write(async (line, events) => await onDisk(out.add(line, events), file));
    const written = await onDisk(out.end(), file);
    await onDisk(rename(part, file), file);
    return written;
  } catch (error) {
    // Not once it is renamed: what is called so then is another export's.
    await rm(part, { force: true });
    throw error;
  } finally {
    await out.close();
  }
}

/** @throws RF_EXPORT saying what the file system said. */
async function onDisk<T>(work: Promise<T>, file: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isRefrainError(error)) throw error;
    const isThere = (error as { code?: unknown }).code === 'EEXIST';
    const why = isThere
      ? `${file}.part is there: another export writes it, or one was killed: remove it then, or export again an hour after its last write`
      : messageOf(error);
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
