/** Where lines go: takes some or all of the bytes and says how many; 0: it is full. */
export type TakeBytes = (bytes: Uint8Array) => number;

export interface LineQueueOptions {
  readonly take: TakeBytes;
  /** Waits a moment, blocking: only where lines that must not be lost have filled their bound. */
  readonly waitBlocking: () => void;
  /** Bytes that may wait before a routine line is dropped. Default 1 MiB. */
  readonly routineBytesMax?: number;
  /** Bytes that may wait before a line that is kept makes the process wait for its reader. Default 16 MiB. */
  readonly keptBytesMax?: number;
}

/** Lines are written together once so many bytes wait. */
const CHUNK_BYTES = 4_096;

/**
 * Lines on their way out, in their order. Whoever reads may be slow or stand still: routine lines are then
 * dropped and counted, all others wait in memory, and the process goes on. Where even those have filled
 * their bound it waits for its reader, as a process does that writes to a full pipe: nothing of them is lost.
 */
export class LineQueue {
  readonly #take: TakeBytes;
  readonly #waitBlocking: () => void;
  readonly #routineMax: number;
  readonly #keptMax: number;
  #lines: string[] = [];
  #linesBytes = 0;
  /** What was begun to be written: the reader has an uncertain part of it. */
  #chunk: Uint8Array = new Uint8Array();
  dropped = 0;

  constructor({ take, waitBlocking, routineBytesMax, keptBytesMax }: LineQueueOptions) {
    this.#take = take;
    this.#waitBlocking = waitBlocking;
    this.#routineMax = routineBytesMax ?? 2 ** 20;
    this.#keptMax = keptBytesMax ?? 16 * 2 ** 20;
  }

  get waitingBytes(): number {
    return this.#linesBytes + this.#chunk.length;
  }

  /** `line` with its end. */
  add(line: string, isRoutine: boolean): void {
    const bytes = Buffer.byteLength(line);
    if (isRoutine && this.waitingBytes + bytes > this.#routineMax) {
      this.dropped++;
      return;
    }
    this.#lines.push(line);
    this.#linesBytes += bytes;
    if (this.#linesBytes >= CHUNK_BYTES) this.push();
    while (this.waitingBytes > this.#keptMax) {
      this.#waitBlocking();
      this.push();
    }
  }

  /** Writes what is taken without waiting. Gives whether all is out. */
  push(): boolean {
    for (;;) {
      if (this.#chunk.length === 0) {
        if (this.#lines.length === 0) return true;
        this.#chunk = Buffer.from(this.#lines.join(''));
        this.#lines = [];
        this.#linesBytes = 0;
      }
      const taken = this.#take(this.#chunk);
      if (taken === 0) return false;
      this.#chunk = this.#chunk.subarray(taken);
    }
  }

  /** Forgets what waits: nobody reads any more. */
  clear(): void {
    this.#lines = [];
    this.#linesBytes = 0;
    this.#chunk = new Uint8Array();
  }
}
