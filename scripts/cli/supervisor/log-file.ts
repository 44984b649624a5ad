import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** Largest log file, in bytes. One older file is kept beside it, as `<name>.log.old`. */
const bytesMax = 10 * 1024 * 1024;

export interface LogFile {
  /** Stored with the system when it returns, so that nothing is lost when a process is killed. */
  write(text: string): void;
  close(): void;
}

export function openLogFile(path: string, limit = bytesMax): LogFile {
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  return {
    write(text) {
      if (size >= limit) {
        closeSync(file);
        renameSync(path, `${path}.old`);
        file = openSync(path, 'a', 0o600);
        size = 0;
      }
      size += writeSync(file, text);
    },
    close: () => closeSync(file),
  };
}
