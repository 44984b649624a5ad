import type { ContractInfo } from '@refrain/contract-kit';
import { UsageError } from '../cli/errors.ts';
import { lockWith } from './lock.ts';
import {
  camel,
  contractImportOf,
  contractNameOf,
  entityNameProblems,
  eventNameProblems,
  kebab,
  ownOf,
  pascal,
  serviceNameProblems,
  type Surroundings,
} from './names.ts';
import { type Change, filled } from './templates.ts';

export interface NewService {
  readonly service: string;
  /** What it hears, each as `<service>.<Event>`; at least one. */
  readonly reactsTo: readonly string[];
  /** What it decides about. Default: its own name, in the singular. */
  readonly entity?: string | undefined;
}

interface Heard {
  readonly service: string;
  readonly type: string;
  readonly entityType: string;
  /** The field of the event that is its entity's id. */
  readonly id: string;
}

/** As the first of these free offsets: the shop's own lie below, the sandboxes and the broker between. */
const offsets = [15, 16, 17, 18, 19, 26, 27, 28, 29, 30, 31, 35, 36, 37, 38, 39];

/**
 * Every file of a new service, and package-lock.json with its two packages. Nothing is written.
 * @throws UsageError naming everything that is wrong with what is asked for.
 */
export function newService({ service, reactsTo, entity }: NewService, about: Surroundings): Change[] {
  const problems = serviceNameProblems(service, about);
  const name = entity ?? camel(service).replace(/([^s])s$/, '$1');
  problems.push(...entityNameProblems(name, about));
  if (problems.length === 0) problems.push(...eventNameProblems(`${pascal(name)}Requested`, about));
  if (reactsTo.length === 0) problems.push('--reacts-to: expected <service>.<Event>, found nothing');
  const heard = reactsTo.flatMap((text) => hearing(text, about.contracts, problems));
  const ids = [...new Set(heard.map(({ id }) => id))];
  if (ids.length > 1)
    problems.push(
      `--reacts-to: expected events with one id, found ${ids.join(' and ')}; add the others by hand`,
    );
  const port = offsets.find((offset) => !about.ports.includes(offset));
  if (port === undefined) problems.push('no port is free between the shop and its sandboxes');
  const [first] = heard;
  if (problems.length > 0 || !first)
    throw new UsageError(`refrain new service: ${problems.join('; ')}. Nothing was written.`);
  const into = `services/${service}`;
  const files = filled(
    'service',
    into,
    valuesOf({ service, entity: name, heard, first, port: String(port) }),
  );
  const manifests = Object.fromEntries(
    [into, `${into}/contract`].map((folder) => [
      folder,
      files.find(({ path }) => path === `${folder}/package.json`)?.text ?? '',
    ]),
  );
  return [...files, { path: 'package-lock.json', text: lockWith(about.lock, manifests) }];
}

/** One `<service>.<Event>` of the shop. What a hot entity records belongs to no flow. */
function hearing(text: string, contracts: readonly ContractInfo[], problems: string[]): Heard[] {
  const [service = '', type = ''] = text.split('.');
  const contract = contracts.find((one) => one.service === service);
  const event = contract && ownOf(contract.events, type);
  if (!contract || !event || text !== `${service}.${type}`) {
    const known = contract ? Object.keys(contract.events).map((one) => `${service}.${one}`) : undefined;
    const expected =
      known?.join(', ') ?? `<service>.<Event> of ${contracts.map((one) => one.service).join(', ')}`;
    problems.push(`--reacts-to: unknown event "${text}", expected one of ${expected}`);
    return [];
  }
  const { entityType } = event;
  const { id } = contract.entities[entityType] ?? {};
  if (id !== undefined) return [{ service, type, entityType, id }];
  problems.push(`--reacts-to: ${text} is an event of the ${entityType}, which belongs to no single flow`);
  return [];
}

interface Parts {
  readonly service: string;
  readonly entity: string;
  readonly heard: readonly Heard[];
  readonly first: Heard;
  readonly port: string;
}

function valuesOf({ service, entity, heard, first, port }: Parts): Readonly<Record<string, string>> {
  const constant = camel(service);
  const isSame = constant === entity;
  const reaction = (type: string): string =>
    heard.length === 1 ? `request the ${entity}` : `request the ${entity} after ${type}`;
  const sources = [...new Set(heard.map((one) => one.service))].sort();
  const packages = [
    ...[...sources, service].map((one) => `@refrain/contract-${one}`),
    ...['decider', 'http', 'process', 'runtime'].map((one) => `@refrain/${one}`),
  ];
  const names = heard.map((one) => `${one.service}.${one.type}: ${reaction(one.type)}`).sort();
  return {
    service,
    constant,
    Title: pascal(service).replaceAll('-', ' '),
    entity,
    Entity: pascal(entity),
    file: kebab(entity),
    contract: contractNameOf({ service, entity }),
    imported: contractImportOf({ service, entity }),
    decider: isSame ? 'decider' : entity,
    entityAs: isSame ? `${entity} as decider` : entity,
    owner: first.entityType,
    id: first.id,
    sampleId: `${first.entityType}-7`,
    port,
    dependencies: packages
      .sort()
      .map((one) => `    "${one}": "0.1.0"`)
      .join(',\n'),
    names: JSON.stringify(names, undefined, 2),
    heardImports: sources
      .map((one) => `import { ${camel(one)} } from '@refrain/contract-${one}';`)
      .join('\n'),
    reactions: heard
      .map(
        ({ service: source, type }) =>
          `  on(${camel(source)}.${type}, '${reaction(type)}', ${entity}.request),`,
      )
      .join('\n'),
  };
}
