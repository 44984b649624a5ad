import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { messageOf, RefrainError } from '@refrain/errors';
import { ARCHIVE_LINE_BYTES_MAX, type ArchiveItem, ArchiveReader } from '@refrain/event-log';

/**
 * Reads an archive from its file, line by line: memory is bounded by one line, and that by 4 MiB. What it
 * brings was checked, but that it is whole is known only when it has ended without an error.
 * @throws RF_ARCHIVE naming the line, also at the end: what was cut off or altered.
 */
export async function* itemsOf(file: string): AsyncGenerator<ArchiveItem> {
  const reader = new ArchiveReader();
  const hash = createHash('sha256');
  let n = 0;
  const broken = (problem: string): RefrainError =>
    new RefrainError('RF_ARCHIVE', { file, line: n, problem });
  for await (const line of linesOf(file)) {
    n++;
    if (typeof line === 'string') throw broken(line);
    let item: ArchiveItem | undefined;
    try {
      item = reader.take(line.toString());
    } catch (error) {
      const problem = error instanceof RefrainError ? error.details['problem'] : messageOf(error);
      throw broken(String(problem));
    }
    const digest = item?.kind === 'end' ? hash.copy().digest('hex') : '';
    if (item?.kind === 'end' && item.end.sha256 !== digest)
      throw broken(
        `the lines before have the sha256 ${digest}, it says ${item.end.sha256}: they were altered`,
      );
    hash.update(line).update('\n');
    if (item) yield item;
  }
  n++;
  if (!reader.ended) throw broken('it ends before its last line: it was cut off');
}

/** Each line without its end; a text in its place says what is wrong with it. */
async function* linesOf(file: string): AsyncGenerator<Buffer | string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10)) {
      yield bytes.subarray(0, at);
      bytes = bytes.subarray(at + 1);
    }
    rest = bytes;
    if (rest.length > ARCHIVE_LINE_BYTES_MAX) {
      yield `it is longer than ${ARCHIVE_LINE_BYTES_MAX} bytes`;
      return;
    }
  }
  if (rest.length > 0) yield 'it has no end: the file was cut off';
}
