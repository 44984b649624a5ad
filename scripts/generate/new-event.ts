import { join } from 'node:path';
import type { ContractInfo } from '@refrain/contract-kit';
import { UsageError } from '../cli/errors.ts';
import { editsIn, OtherForm, type Reads, replaced, withItem } from './edit.ts';
import { sampleIdOf } from './effect-edits.ts';
import {
  contractNameOf,
  eventNameProblems,
  kebab,
  ownOf,
  pascal,
  type Surroundings,
  unknownService,
} from './names.ts';
import type { Change } from './templates.ts';

export interface NewEvent {
  readonly service: string;
  readonly type: string;
  /** Whose event it is. Default: the entity by which its name begins, or the only one. */
  readonly entity?: string | undefined;
}

/**
 * What a service becomes with one event more: a command records it, once. Nothing is written.
 * @throws UsageError naming what is wrong, also where the service does not have the generated form.
 */
export function newEvent(
  { service, type, entity: named }: NewEvent,
  about: Surroundings,
  read: Reads,
): Change[] {
  const contract = about.contracts.find((one) => one.service === service);
  if (!contract) throw refused([unknownService(service, about)]);
  const problems = eventNameProblems(type, about);
  const entity = named ?? entityOf(type, contract);
  const { id } = ownOf(contract.entities, entity ?? '') ?? {};
  const entities = Object.keys(contract.entities).join(', ');
  if (entity === undefined) problems.push(`--entity: whose event is it? Expected one of ${entities}`);
  else if (!ownOf(contract.entities, entity))
    problems.push(`--entity: unknown entity "${entity}", expected one of ${entities}`);
  else if (id === undefined)
    problems.push(`--entity: the ${entity} is hot and answers requests; its event is to be added by hand`);
  if (problems.length > 0 || entity === undefined || id === undefined) throw refused(problems);
  try {
    return withEvent({ service, type, entity, id }, read);
  } catch (error) {
    if (!(error instanceof OtherForm)) throw error;
    throw refused([`${error.message}, so it is to be added by hand: docs/add-a-service.md`]);
  }
}

const refused = (problems: readonly string[]): UsageError =>
  new UsageError(`refrain new event: ${problems.join('; ')}. Nothing was written.`);

/** By the longest name, or the only one that is not hot. */
function entityOf(type: string, { entities }: ContractInfo): string | undefined {
  const begins = Object.keys(entities).filter((entity) => type.startsWith(pascal(entity)));
  const cold = Object.keys(entities).filter((entity) => entities[entity]?.id !== undefined);
  return begins.toSorted((a, b) => b.length - a.length)[0] ?? (cold.length === 1 ? cold[0] : undefined);
}

interface Parts {
  readonly service: string;
  readonly type: string;
  readonly entity: string;
  readonly id: string;
}

function withEvent(parts: Parts, read: Reads): Change[] {
  const { service, type, entity, id } = parts;
  const into = join('services', service);
  const edit = editsIn(into, read);
  const file = kebab(entity);
  const flag = flagOf(parts, read(join(into, `${file}.ts`)) ?? '');
  return [
    edit('contract/index.ts', (text) =>
      withItem(text, `${type}: event(1, { ${id} }),`, 'entities: {', `${entity}: {`, 'events: {'),
    ),
    {
      path: join(into, 'contract/samples', `${type}.1.json`),
      text: `${JSON.stringify({ [id]: sampleIdOf({ id }) }, undefined, 2)}\n`,
    },
    edit(`${file}.ts`, (text) => withDecision(text, parts, flag)),
    edit(`${file}.test.ts`, (text) => withTest(text, parts, flag)),
  ];
}

/** `lost` of ShipmentLost; `shipmentLost` where the decider says something else by it. */
function flagOf({ type, entity }: Parts, decider: string): string {
  const short = type.startsWith(pascal(entity)) ? type.slice(entity.length) : type;
  const flag = short.charAt(0).toLowerCase() + short.slice(1);
  const isTaken = flag === '' || new RegExp(`\\b(${flag}|record${pascal(flag)})\\b`).test(decider);
  return isTaken ? type.charAt(0).toLowerCase() + type.slice(1) : flag;
}

function withDecision(text: string, parts: Parts, flag: string): string {
  const { entity, id, type } = parts;
  let edited = withItem(text, `${flag}?: boolean;`, `interface ${pascal(entity)} {`);
  edited = withItem(edited, `${type}: (state) => { state.${flag} = true; },`, 'evolve: {');
  return withItem(
    edited,
    `record${pascal(flag)}: (state, { ${id} }: { ${id}: string }) =>
      state.${flag} ? [] : [${contractNameOf(parts)}.${type}({ ${id} })],`,
    'decide: {',
  );
}

/** The laws are told that it may come, and in any order. */
function withTest(text: string, parts: Parts, flag: string): string {
  const { entity, id, type } = parts;
  const [event, command] = [`${contractNameOf(parts)}.${type}`, `${entity}.record${pascal(flag)}`];
  const data = `{ ${id}: '${sampleIdOf(parts)}' }`;
  const edited = replaced(
    text,
    'const stories: Story[] = [',
    `test('${type} is recorded once', () => {
  given(${entity}).when(${command}(${data})).records(${event}(${data}));
  given(${entity}, ${event}(${data})).when(${command}(${data})).recordsNothing();
});

const stories: Story[] = [`,
  );
  return withItem(
    edited,
    `{ name: '${type}', arrivals: [${command}(${data})] },`,
    'const stories: Story[] = [',
  );
}
