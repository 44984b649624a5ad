import { hash } from '@refrain/contract-kit';
import { type Commit, type EventLog, newCommit, type RecordedEvent, subjectOf } from '@refrain/event-log';

/** Appends that are out at once. */
const IN_FLIGHT = 512;

/** Every id: of flows, events and operations. */
const ID = /\b[a-z2-7]{26}\b/g;

/**
 * Appends copies of recorded logs to empty ones, each copy under ids of its own, so that a log of any length
 * has flows like those that were recorded. `isLeft`: commits that are not copied.
 */
export async function copyLogs(
  log: Pick<EventLog, 'append'>,
  recorded: readonly Commit[],
  asked: {
    readonly copies: number;
    readonly isLeft: (commit: Commit) => boolean;
    readonly onCopy?: (n: number) => void;
  },
): Promise<void> {
  const inOrder = recorded
    .filter((commit) => !asked.isLeft(commit))
    .sort((a, b) => a.at - b.at || a.seq - b.seq);
  const texts = inOrder.map((commit) => ({
    entity: commit.entity,
    events: JSON.stringify(commit.body().events),
  }));
  const seqs = new Map<string, number>();
  const out = new Set<Promise<unknown>>();
  for (let copy = 1; copy <= asked.copies; copy++) {
    const names = new Map<string, string>();
    const renamed = (text: string): string =>
      text.replaceAll(ID, (id) => {
        const name = names.get(id) ?? hash(id, String(copy));
        names.set(id, name);
        return name;
      });
    const last = new Map<string, number>();
    for (const { entity, events } of texts) {
      const target = { ...entity, entityId: nameOfCopy(entity.entityId, renamed, copy) };
      const subject = subjectOf(target);
      const seq = (seqs.get(entity.service) ?? 0) + 1;
      seqs.set(entity.service, seq);
      const expected = last.get(subject) ?? 0;
      last.set(subject, seq);
      const commit = newCommit({
        entity: target,
        expected,
        events: JSON.parse(renamed(events)) as RecordedEvent[],
      });
      const append: Promise<unknown> = log.append(commit).then((result) => {
        if (result.outcome !== 'appended' || result.seq !== seq) throw new Error(`${subject} lies elsewhere`);
        return out.delete(append);
      });
      out.add(append);
      if (out.size >= IN_FLIGHT) await Promise.race(out);
    }
    asked.onCopy?.(copy);
  }
  await Promise.all(out);
}

/** `opening-tea` is no hash: it gets the copy's number. */
const nameOfCopy = (id: string, renamed: (text: string) => string, copy: number): string =>
  renamed(id) === id ? `${id}-${copy}` : renamed(id);
