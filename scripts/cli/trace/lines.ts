import type { TraceNode } from './tree.ts';

/** The trees for a person: the time since the flow began, the place, and the tree. */
export function linesOf(roots: readonly TraceNode[]): string[] {
  const rows: [time: string, where: string, text: string][] = [];
  const walk = (node: TraceNode, lead: string, own: string): void => {
    rows.push([timeOf(node.afterMs), node.where, `${own}${node.text}`]);
    node.children.forEach((child, index) => {
      const last = index === node.children.length - 1;
      walk(child, `${lead}${last ? '   ' : '│  '}`, `${lead}${last ? '└─ ' : '├─ '}`);
    });
  };
  for (const root of roots) walk(root, '', '');
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    ([time, where, text]) => `${time.padStart(widths[0] ?? 0)}  ${where.padEnd(widths[1] ?? 0)}  ${text}`,
  );
}

const timeOf = (ms: number): string => (Math.abs(ms) < 10_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);
