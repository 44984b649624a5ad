/** Says what is going on. */
export type Say = (text: string) => void;

const CLEAR_LINE = '\r\u001B[K';

/** One line on stderr that shows what is going on, when a person looks at it; nothing otherwise. */
export function progress(stream: NodeJS.WriteStream): { say: Say; end(): void } {
  if (!stream.isTTY) return { say: () => {}, end: () => {} };
  return {
    say: (text) => void stream.write(`${CLEAR_LINE}${text}`),
    end: () => void stream.write(CLEAR_LINE),
  };
}
