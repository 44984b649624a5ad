import type { ContractInfo } from '@refrain/contract-kit';

/** What is there already, so that what is new fits in. */
export interface Surroundings {
  /** Every contract of the shop, in the order of its services. */
  readonly contracts: readonly ContractInfo[];
  /** How far above the base somebody listens already. */
  readonly ports: readonly number[];
  /** Every folder of `services/`, also of what is no service yet. */
  readonly folders: readonly string[];
  /** The text of package-lock.json. */
  readonly lock: string;
}

/** Processes, broker users and npm packages that bear these names, or that would be taken for one of ours. */
const ofThePlatform =
  'admin audit console contract governor keeper kit mail nats psp refrain route smtp supervisor';
const ofTheLanguage =
  'arguments await break case catch class const continue debugger default delete do else enum eval export ' +
  'extends false finally for function if implements import in instanceof interface let new null package ' +
  'private protected public return static super switch this throw true try typeof undefined var void while ' +
  'with yield';
/** What the templates call their own things by. */
const ofTheTemplates =
  'call contract decider define effect effects event gateway given intake on openDoor reactions request ' +
  'requested runService service settingOf standIn state status stories test unreadable z';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const reserved = words(ofTheLanguage);
const platform = words(ofThePlatform);
const taken = words(ofTheTemplates);
/** What every object has: a table that lacks such a name would seem to have it. */
export const isOfEveryObject = (name: string): boolean => name in {};
/** What a table has of a name that somebody typed; `undefined` for what every object has. */
export const ownOf = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

export const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
export const camel = (kebab: string): string =>
  kebab.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
export const kebab = (camelCase: string): string =>
  camelCase.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What a decider's file calls its contract: where both have one name, the contract goes by another. */
export const contractNameOf = ({ service, entity }: { service: string; entity: string }): string =>
  camel(service) === entity ? 'contract' : camel(service);

/** How the contract is imported under that name. */
export const contractImportOf = (of: { service: string; entity: string }): string =>
  contractNameOf(of) === 'contract' ? `${camel(of.service)} as contract` : camel(of.service);

export const unknownService = (service: string, { contracts }: Pick<Surroundings, 'contracts'>): string =>
  `unknown service "${service}", expected one of ${contracts.map((one) => one.service).join(', ')}`;

/** Whether the processes of one would be taken for instances of the other: `orders-2`, `orders-archive`. */
const looksLikeInstance = (one: string, other: string): boolean =>
  one.startsWith(`${other}-`) || other.startsWith(`${one}-`);

/** Why a service cannot have this name; empty where it can. */
export function serviceNameProblems(name: string, { folders }: Pick<Surroundings, 'folders'>): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name) || name.length > 40)
    return [`service "${name}": expected a name in kebab-case, up to 40 characters, such as shipping`];
  if (platform.has(name) || reserved.has(name) || taken.has(name) || isOfEveryObject(name))
    return [`service "${name}": the name means something else, choose another`];
  if (folders.includes(name)) return [`service "${name}": services/${name}/ is there already`];
  return folders
    .filter((other) => looksLikeInstance(name, other))
    .map((other) => `service "${name}": it would be taken for an instance of ${other}, choose another name`);
}

/** Why an entity cannot have this name. */
export function entityNameProblems(name: string, { contracts }: Pick<Surroundings, 'contracts'>): string[] {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name) || name.length > 40)
    return [`entity "${name}": expected a name in camelCase, up to 40 characters, such as shipment`];
  const isTaken = contracts.some(({ service }) => camel(service) === name);
  if (reserved.has(name) || taken.has(name) || isTaken || isOfEveryObject(name))
    return [`entity "${name}": the name means something else, choose another with --entity`];
  return [];
}

/** Why an event cannot have this name: one name means one thing in the whole shop. */
export function eventNameProblems(type: string, { contracts }: Pick<Surroundings, 'contracts'>): string[] {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(type) || type.length > 60)
    return [`event "${type}": expected a name in PascalCase, in the past tense, such as ShipmentLost`];
  if (/(Updated|Changed)$/.test(type))
    return [`event "${type}": say what happened in the words of the business; anything can be updated`];
  const owner = contracts.find(({ events }) => events[type] !== undefined);
  return owner ? [`event "${type}": ${owner.service} has one of this name`] : [];
}
