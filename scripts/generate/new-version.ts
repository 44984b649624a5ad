import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { EventInfo } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import { z } from 'zod';
import { UsageError } from '../cli/errors.ts';
import { argumentsIn, OtherForm, type Reads, withItem, withKitImports } from './edit.ts';
import { ownOf, type Surroundings, unknownService } from './names.ts';
import type { Change } from './templates.ts';
import { typeOfShape } from './type-text.ts';

export interface NewVersion {
  readonly service: string;
  readonly type: string;
  /** Fields that it gets, each as `name: schema`: `weight: z.int()`. */
  readonly fields: readonly string[];
  /** What data of the version before become: `{ ...v1, weight: 0 }`. Default: it is to be written. */
  readonly upcast?: string | undefined;
}

/** What is to be written, and of which version. */
export interface PlannedVersion {
  readonly version: number;
  readonly changes: readonly Change[];
  /** The version is in the contract already: what is left is its sample, and what follows from it. */
  readonly finishes: boolean;
}

/**
 * The next version of an event, with what data of the version before become. Where the present one has no
 * sample yet, that is written from the sample of the version before instead. Nothing is written here.
 * @throws UsageError naming what is wrong.
 */
export function newVersion(asked: NewVersion, about: Surroundings, read: Reads): PlannedVersion {
  const { service, type } = asked;
  const contract = about.contracts.find((one) => one.service === service);
  if (!contract) throw refused([unknownService(service, about)]);
  const event = ownOf(contract.events, type);
  if (!event)
    throw refused([`unknown event "${type}", expected one of ${Object.keys(contract.events).join(', ')}`]);
  const samples = join('services', service, 'contract/samples');
  const sample = (version: number): string => join(samples, `${type}.${version}.json`);
  if (event.version > 1 && read(sample(event.version)) === undefined) {
    const before = read(sample(event.version - 1));
    const made = sampleFrom(asked, before, (data) => contract.types[type]?.parse(event.version - 1, data));
    const path = join('services', service, 'contract/index.ts');
    const text = read(path) ?? '';
    const isLeft = text.match(/\bunwritten\b/g)?.length === 1; // only its import
    const changes = [
      { path: sample(event.version), text: made },
      ...(isLeft
        ? [{ path, text: text.replace(/\bunwritten,? ?/, '').replace(/, \} from/, ' } from') }]
        : []),
    ];
    return { version: event.version, changes, finishes: true };
  }
  const problems = problemsOf(asked, event);
  if (problems.length > 0) throw refused(problems);
  const path = join('services', service, 'contract/index.ts');
  try {
    const text = withVersion(read(path) ?? '', asked, event);
    return { version: event.version + 1, changes: [{ path, text }], finishes: false };
  } catch (error) {
    if (!(error instanceof OtherForm)) throw error;
    throw refused([`${path} has no ${error.message}, so it is to be written by hand: docs/add-a-service.md`]);
  }
}

const refused = (problems: readonly string[]): UsageError =>
  new UsageError(`refrain new version: ${problems.join('; ')}. Nothing was written.`);

/** A schema that cannot be made would leave a contract that no command can load. */
function schemaProblem(schema: string): string | undefined {
  try {
    const made: unknown = runInNewContext(`(${schema})`, { z });
    return made instanceof z.ZodType ? undefined : 'it is no schema';
  } catch (error) {
    const { name, message } = error as Error;
    // It may name what the contract has, or be TypeScript: then the contract shows whether it is right.
    return name === 'ReferenceError' || name === 'SyntaxError' ? undefined : message;
  }
}

const FIELD = /^([a-z][A-Za-z0-9]*):\s*(\S.*)$/;

function problemsOf({ type, fields, upcast }: NewVersion, { shape }: EventInfo): string[] {
  const problems = fields.flatMap((field) => {
    const [, name, schema = ''] = FIELD.exec(field) ?? [];
    const problem = schemaProblem(schema);
    if (name !== undefined && problem) return [`--field "${field}": ${problem}`];
    if (name === undefined) return [`--field "${field}": expected NAME:SCHEMA, such as "weight: z.int()"`];
    return name in shape ? [`--field "${name}": ${type} has one of this name; change that by hand`] : [];
  });
  if (upcast?.trim() === '')
    problems.push('--upcast: expected an expression, such as "{ ...v1, weight: 0 }"');
  return problems;
}

/** What the upcast makes of the stored sample of the version before is the sample of this one. */
function sampleFrom(
  { type }: NewVersion,
  before: string | undefined,
  upcast: (data: unknown) => unknown,
): string {
  if (before === undefined)
    throw refused([`${type} has no stored sample of the version before, of which this one would be made`]);
  try {
    return `${JSON.stringify(upcast(JSON.parse(before)), undefined, 2)}\n`;
  } catch (error) {
    throw refused([`the upcast does not make the next version of the stored sample: ${messageOf(error)}`]);
  }
}

function withVersion(text: string, { type, fields, upcast }: NewVersion, event: EventInfo): string {
  const { version, shape: old, entityType } = event;
  const place = ['entities: {', `${entityType}: {`, 'events: {', `${type}: event(`];
  const { start, end, all } = argumentsIn(text, ...place);
  const [was = '', shape = '', upcasts = '{}'] = all;
  if (was !== String(version) || !shape.startsWith('{') || !upcasts.startsWith('{'))
    throw new OtherForm(`"${type}: event(${version}, { ... }"`);
  const now = fields.reduce((made, field) => withItem(made, `${field},`, '{'), shape);
  const over = `(v${version}: ${typeOfShape(old)})`;
  const becomes = upcast === undefined ? `unwritten as ${over} => unknown` : `${over} => (${upcast})`;
  const next = `${version + 1}, ${now}, ${withItem(upcasts, `${version}: ${becomes},`, '{')}`;
  const edited = `${text.slice(0, start)}${next}${text.slice(end)}`;
  return upcast === undefined ? withKitImports(edited, 'unwritten') : edited;
}
