/** What a commit of the last moments says of others: the ids of its events, and those of what caused them. */
export interface TailCommit {
  readonly service: string;
  readonly seq: number;
  readonly events: readonly string[];
  readonly causes: readonly string[];
}

export type Ends = Readonly<Record<string, number>>;

/**
 * Where each log is cut, so that whatever lies before the cut has its causes before the cut. Logs that go on
 * are read one after the other: at `ends`, an event of the second one may follow from one of the first that
 * was stored after its end was read. What was stored around then is the tail; the cut is moved on in it until
 * no cause is left out. Clocks have no part in it.
 */
export function consistentCut(ends: Ends, tail: readonly TailCommit[]): Ends {
  const cut: Record<string, number> = { ...ends };
  const origin = new Map(tail.flatMap((commit) => commit.events.map((id) => [id, commit] as const)));
  for (let grew = true; grew; ) {
    grew = false;
    for (const { service, seq, causes } of tail) {
      if (seq > (cut[service] ?? 0)) continue;
      for (const cause of causes) {
        const from = origin.get(cause);
        if (!from || from.seq <= (cut[from.service] ?? 0)) continue;
        cut[from.service] = from.seq;
        grew = true;
      }
    }
  }
  return cut;
}
