import { table } from '../cli/output.ts';
import type { Graph } from './graph.ts';

/** The graph to be read: each service with what it records, who hears it, and what it does to the world. */
export function textOf(graph: Graph): string[] {
  return graph.services.flatMap(({ name, entities }, i) => [
    ...(i === 0 ? [] : ['']),
    name,
    ...entities.flatMap((entity) => [
      `  ${entity.name}${entity.hot ? ' (hot: one for all)' : ''}`,
      ...table(entity.events.map((event) => [`    ${event}`, followsOf(graph, name, event).join('; ')])),
    ]),
    ...callsOf(graph, name),
    ...outsidersOf(graph, name),
  ]);
}

/** All that an event means: who hears it, what it begins, what undoes it. */
function followsOf(graph: Graph, service: string, event: string): string[] {
  const own = <T extends { service: string }>(all: readonly T[]): T[] =>
    all.filter((one) => one.service === service);
  const heard = graph.heard.filter((one) => one.from === service && one.event === event);
  return [
    ...heard.map(({ to, reaction, asked }) => `-> ${to}: ${reaction}${asked ? ' (asked)' : ''}`),
    ...own(graph.called).flatMap(({ effect, after, dependency }) =>
      after === event ? [`calls ${dependency}: ${effect}`] : [],
    ),
    ...own(graph.deadlines).flatMap(({ after, name }) => (after === event ? [`deadline: ${name}`] : [])),
    ...own(graph.undone).flatMap((pair) => [
      ...(pair.event === event ? [`undone by ${pair.by}`] : []),
      ...(pair.by === event ? [`undoes ${pair.event}`] : []),
    ]),
    ...own(graph.waits).flatMap((one) => (one.event === event ? ['waits for a person'] : [])),
    ...own(graph.pivots).flatMap((one) => (one.event === event ? ['nothing undoes it'] : [])),
  ];
}

function callsOf({ called }: Graph, name: string): string[] {
  const own = called.filter(({ service }) => service === name);
  if (own.length === 0) return [];
  return [
    '  calls',
    ...table(
      own.map(({ effect, dependency, after, undoes, repeat }) => [
        `    ${effect}`,
        `of ${dependency}`,
        `after ${after}`,
        `${repeat}${undoes === undefined ? '' : `, undoes ${undoes}`}`,
      ]),
    ),
  ];
}

function outsidersOf({ outsiders }: Graph, service: string): string[] {
  const own = outsiders.filter((one) => one.service === service);
  return own.flatMap(({ name, tells, hears }) => [
    `  ${name} (none of ours)`,
    ...table([
      ...tells.map(({ event, reaction }) => [`    tells ${event}`, `-> ${service}: ${reaction}`]),
      ...hears.map((event) => [`    hears ${event}`, '']),
    ]),
  ]);
}
