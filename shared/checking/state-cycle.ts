import type { Numbers } from './growing.ts';

/** Numbers that stand for one edge: from, to, and by which transition. */
const EDGE = 3;

/**
 * A way that leads back to where it was: the edge that closes it. `edges` stand in the order of the states
 * they leave. Depth first, without recursion.
 */
export function cycleIn(edges: Numbers, states: number): { state: number; via: number } | undefined {
  const first = new Int32Array(states + 1).fill(edges.length);
  for (let at = edges.length - EDGE; at >= 0; at -= EDGE) first[edges.at(at)] = at;
  for (let state = states - 1; state >= 0; state--)
    if (first[state] === edges.length) first[state] = first[state + 1] as number;
  /** 0: not seen, 1: on the way, 2: everything behind it is seen. */
  const marks = new Uint8Array(states);
  const cursor = first.slice();
  for (let root = 0; root < states; root++) {
    if (marks[root] !== 0) continue;
    const way = [root];
    marks[root] = 1;
    while (way.length > 0) {
      const here = way.at(-1) as number;
      const at = cursor[here] as number;
      if (at >= (first[here + 1] as number)) {
        marks[here] = 2;
        way.pop();
        continue;
      }
      cursor[here] = at + EDGE;
      const to = edges.at(at + 1);
      if (marks[to] === 1) return { state: here, via: edges.at(at + 2) };
      if (marks[to] !== 0) continue;
      marks[to] = 1;
      way.push(to);
    }
  }
  return undefined;
}
