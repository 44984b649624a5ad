import type { Graph } from './graph.ts';

const LINE = '<br/>';

/** A name that Mermaid takes for one; `end` and others are words of its own. */
const idOf = (kind: string, name: string): string => `${kind}_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
const quoted = (lines: readonly string[]): string => `"${lines.join(LINE).replaceAll('"', '#quot;')}"`;

/** The graph for Mermaid: services and whom they call, with the events and effects between them. */
export function mermaidOf(graph: Graph): string {
  const outside = [...new Set(graph.outsiders.map(({ name }) => name))];
  const dependencies = [...new Set(graph.called.map(({ dependency }) => dependency))];
  const nodes = [
    ...graph.services.map(({ name }) => `  ${idOf('s', name)}[${quoted([name, ...notesOf(graph, name)])}]`),
    ...outside.map((name) => `  ${idOf('o', name)}([${quoted([name])}])`),
    ...dependencies.map((name) => `  ${idOf('d', name)}[(${quoted([name])})]`),
  ];
  const between = graph.heard.filter(({ from, to }) => from !== to);
  const events = [...Map.groupBy(between, ({ from, to }) => `${idOf('s', from)} ${idOf('s', to)}`)].map(
    ([ends, heard]) => edge(ends, '-->', [...new Set(heard.map(({ event }) => event))]),
  );
  const calls = [
    ...Map.groupBy(
      graph.called,
      ({ service, dependency }) => `${idOf('s', service)} ${idOf('d', dependency)}`,
    ),
  ].map(([ends, called]) =>
    edge(
      ends,
      '-.->',
      called.map(({ effect }) => effect),
    ),
  );
  const told = graph.outsiders.flatMap(({ name, service, tells, hears }) => [
    ...edges(
      `${idOf('o', name)} ${idOf('s', service)}`,
      tells.map(({ event }) => event),
    ),
    ...edges(`${idOf('s', service)} ${idOf('o', name)}`, hears),
  ]);
  return ['flowchart LR', ...nodes, ...events, ...told, ...calls].join('\n');
}

const edges = (ends: string, labels: readonly string[]): string[] =>
  labels.length === 0 ? [] : [edge(ends, '-->', labels)];

function edge(ends: string, arrow: string, labels: readonly string[]): string {
  const [from = '', to = ''] = ends.split(' ');
  return `  ${from} ${arrow}|${quoted(labels)}| ${to}`;
}

function notesOf({ undone, deadlines, pivots }: Graph, service: string): string[] {
  const own = <T extends { service: string }>(all: readonly T[]): T[] =>
    all.filter((one) => one.service === service);
  return [
    ...own(undone).map(({ event, by }) => `${by} undoes ${event}`),
    ...own(pivots).map(({ event }) => `nothing undoes ${event}`),
    ...own(deadlines).map(({ after }) => `deadline after ${after}`),
  ];
}
