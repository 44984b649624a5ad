import { isPlatformEvent, type PlatformData } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import { parseOutcome } from './operations.ts';

/** A dead letter as the log has it: a `refrain.Defect` that nothing has answered yet. */
export interface LetterOnRecord extends PlatformData<'refrain.Defect'> {
  /** The id of its `refrain.Defect`: what fails again is another dead letter, of the same cause. */
  readonly id: string;
  readonly correlation: string;
  readonly trace?: string | undefined;
  /** When it was stored, in milliseconds since 1970. */
  readonly at: number;
  /** A person wants it decided again, and it has not been yet. */
  readonly redriven?: { readonly by: string; readonly why: string; readonly at: number } | undefined;
}

/** By what was to be done: cause, reaction and, for the defect of an effect, the operation. */
export type LettersOnRecord = ReadonlyMap<string, LetterOnRecord>;

export const letterKey = (cause: string, reaction: string, operation = ''): string =>
  `${cause} ${reaction} ${operation}`;

interface Stored {
  readonly event: RecordedEvent;
  readonly at: number;
}

function withDefect(letters: LettersOnRecord, { event, at }: Stored): LettersOnRecord {
  const data = event.data as PlatformData<'refrain.Defect'>;
  const { id, correlation, trace } = event;
  // It is put anew also where one stood: what was driven again and failed again waits again.
  return new Map(letters).set(letterKey(data.cause, data.reaction, data.operation), {
    ...data,
    id,
    correlation,
    trace,
    at,
  });
}

function withRedrive(letters: LettersOnRecord, { event, at }: Stored): LettersOnRecord {
  const { cause, reaction, operation, by, why } = event.data as PlatformData<'refrain.Redrive'>;
  const key = letterKey(cause, reaction, operation);
  const letter = letters.get(key);
  if (!letter) return letters;
  // The operation itself is open again and is shown as such; a cause has nothing else that shows it.
  if (operation !== undefined) return without(letters, (other) => other === letter);
  return new Map(letters).set(key, { ...letter, redriven: { by, why, at } });
}

const without = (letters: LettersOnRecord, gone: (letter: LetterOnRecord) => boolean): LettersOnRecord =>
  new Map([...letters].filter(([, letter]) => !gone(letter)));

/** Whether a decided event answers the letter. A deadline's command has another name than the deadline. */
function answers({ cause, reaction }: RecordedEvent, letter: LetterOnRecord): boolean {
  if (letter.operation !== undefined) return parseOutcome(cause)?.operation === letter.operation;
  return letter.cause === cause && (letter.reaction === reaction || cause.startsWith('deadline:'));
}

/** The dead letters of an entity after one more event. Pure. */
export function foldLetters(letters: LettersOnRecord, stored: Stored): LettersOnRecord {
  const { event } = stored;
  if (event.type === 'refrain.Defect') return withDefect(letters, stored);
  if (letters.size === 0) return letters;
  if (event.type === 'refrain.Redrive') return withRedrive(letters, stored);
  if (event.type === 'refrain.Resolved') {
    const { cause, reaction } = event.data as PlatformData<'refrain.Resolved'>;
    return without(
      letters,
      (letter) => letterKey(letter.cause, letter.reaction) === letterKey(cause, reaction),
    );
  }
  if (event.type === 'refrain.Verdict') {
    const { operation } = event.data as PlatformData<'refrain.Verdict'>;
    return without(letters, (letter) => letter.operation === operation);
  }
  if (isPlatformEvent(event.type) && event.type !== 'refrain.Noted') return letters;
  return without(letters, (letter) => answers(event, letter));
}
