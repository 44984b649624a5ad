import { join } from 'node:path';
import { type ContractInfo, RESERVED_STEPS } from '@refrain/contract-kit';
import { UsageError } from '../cli/errors.ts';
import { type Edits, editsIn, OtherForm, type Reads } from './edit.ts';
import {
  connected,
  gatewayFiles,
  type Parts,
  sampleIdOf,
  withCall,
  withDecisions,
  withName,
  withRule,
  withSettings,
  withStandIn,
  withStory,
  wired,
} from './effect-edits.ts';
import { lockWith } from './lock.ts';
import {
  contractImportOf,
  eventNameProblems,
  isOfEveryObject,
  kebab,
  ownOf,
  pascal,
  type Surroundings,
  unknownService,
} from './names.ts';
import { pastOf } from './past-tense.ts';
import { type Change, filled } from './templates.ts';

export interface NewEffect {
  readonly service: string;
  readonly effect: string;
  /** The intent it runs after. Default: the first event of the contract that no effect runs after. */
  readonly after?: string | undefined;
  /** The success of another effect that this one takes back. */
  readonly undoes?: string | undefined;
  /** Who is called. Default: `provider`. */
  readonly calls?: string | undefined;
}

/**
 * What a service becomes with one effect more. Nothing is written.
 * @throws UsageError naming what is wrong, also where the service does not have the generated form.
 */
export function newEffect(asked: NewEffect, about: Surroundings, read: Reads): Change[] {
  const { service, effect, calls = 'provider' } = asked;
  const contract = about.contracts.find((one) => one.service === service);
  const problems = contract ? problemsOf(asked, contract) : [unknownService(service, about)];
  const after = asked.after ?? (contract && freeIntent(contract));
  if (contract && after === undefined)
    problems.push('--after: an effect runs after each event already; add an event that is its intent');
  const { entityType = '' } = contract?.events[after ?? ''] ?? {};
  const past = pastOf(effect);
  const success = `${pascal(entityType)}${pascal(past)}`;
  const failed = `${pascal(entityType)}Unresolved`;
  const events = [success, failed].filter((type) => contract?.events[type] === undefined || type === success);
  if (problems.length === 0) problems.push(...events.flatMap((type) => eventNameProblems(type, about)));
  if (problems.length > 0 || !contract || after === undefined) throw refused(problems);
  const id = contract.entities[entityType]?.id ?? '';
  const parts: Parts = {
    service,
    effect,
    calls,
    entity: entityType,
    after,
    past,
    success,
    failed,
    events,
    id,
    undoes: asked.undoes,
  };
  try {
    return withEffect(parts, about, read);
  } catch (error) {
    if (!(error instanceof OtherForm)) throw error;
    throw refused([`${error.message}, so it is to be added by hand: docs/add-a-service.md`]);
  }
}

const refused = (problems: readonly string[]): UsageError =>
  new UsageError(`refrain new effect: ${problems.join('; ')}. Nothing was written.`);

function problemsOf(
  { effect, after, undoes, calls = 'provider' }: NewEffect,
  contract: ContractInfo,
): string[] {
  const isName = (name: string): boolean => /^[a-z][a-zA-Z0-9]{0,39}$/.test(name) && !isOfEveryObject(name);
  return [
    ...(isName(effect) && !RESERVED_STEPS.includes(effect)
      ? []
      : [
          `effect "${effect}": expected a verb in camelCase such as book, none of ${RESERVED_STEPS.join(', ')}`,
        ]),
    ...(ownOf(contract.effects, effect)
      ? [`effect "${effect}": ${contract.service} has one of this name`]
      : []),
    ...(isName(calls) ? [] : [`--calls "${calls}": expected a name in camelCase such as carrier`]),
    ...(undoes === undefined || ownOf(contract.events, undoes)
      ? []
      : [`--undoes: unknown event "${undoes}", expected one of ${Object.keys(contract.events).join(', ')}`]),
    ...(after === undefined || ownOf(contract.events, after)
      ? []
      : [`--after: unknown event "${after}", expected one of ${Object.keys(contract.events).join(', ')}`]),
  ];
}

const freeIntent = ({ events, effects }: ContractInfo): string | undefined =>
  Object.keys(events).find((type) => Object.values(effects).every(({ after }) => after !== type));

function withEffect(parts: Parts, about: Surroundings, read: Reads): Change[] {
  const { service, entity, events, id } = parts;
  const into = join('services', service);
  const isFirst = read(join(into, 'effects.ts')) === undefined;
  const fresh = isFirst
    ? new Map(filled('effect', into, valuesOf(parts)).map((one) => [one.path, one.text]))
    : undefined;
  const edit = editsIn(into, (path) => fresh?.get(path) ?? read(path));
  const file = kebab(entity);
  const tests = fresh?.get(join(into, 'effects.test.ts'));
  return [
    edit('contract/index.ts', (text) => withRule(text, parts)),
    edit('contract/names.json', (text) => withName(text, `effect ${parts.effect} after ${parts.after}`)),
    ...events.map((type) => ({
      path: join(into, 'contract/samples', `${type}.1.json`),
      text: `${JSON.stringify({ [id]: sampleIdOf(parts) }, undefined, 2)}\n`,
    })),
    edit(`${file}.ts`, (text) => withDecisions(text, parts)),
    edit(`${file}.test.ts`, (text) => withStory(text, parts)),
    edit('effects.ts', (text) => withCall(text, parts)),
    ...(tests === undefined ? [] : [{ path: join(into, 'effects.test.ts'), text: tests }]),
    ...gatewayFiles(parts, edit),
    edit('stand-in.ts', (text) => withStandIn(text, parts, isFirst)),
    ...(isFirst ? connecting(parts, about, edit) : []),
  ];
}

/** What a service's first effect changes besides: it is given its gateway, and its process opens it. */
function connecting(parts: Parts, about: Surroundings, edit: Edits): Change[] {
  const manifest = edit('package.json', (text) => withSettings(text, parts));
  const added = { [join('services', parts.service)]: manifest.text };
  return [
    edit('service.ts', (text) => wired(text, parts)),
    edit('main.ts', (text) => connected(text, parts)),
    manifest,
    { path: 'package-lock.json', text: lockWith(about.lock, added) },
  ];
}

function valuesOf({ service, entity, effect, past, id, calls }: Parts): Readonly<Record<string, string>> {
  return {
    service,
    entity,
    effect,
    id,
    imported: contractImportOf({ service, entity }),
    file: kebab(entity),
    gateway: calls,
    Gateway: pascal(calls),
    Past: pascal(past),
    sampleId: sampleIdOf({ id }),
  };
}
