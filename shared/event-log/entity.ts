import { intakeOf, isIntake, partitionOf } from '@refrain/contract-kit';
import { RefrainError } from '@refrain/errors';

/** What is ordered and decided one event after the other: one literal subject of its service's stream. */
export interface Entity {
  readonly service: string;
  readonly entityType: string;
  readonly entityId: string;
}

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

const streamName = (text: string): string => text.toUpperCase().replaceAll('-', '_');

/** `EVENTS_PAYMENTS`: the one stream of a service. `INTAKE_PAYMENTS`: of what outsiders tell it. */
export const streamOf = (source: string): string =>
  isIntake(source)
    ? `INTAKE_${streamName(source.slice(intakeOf('').length))}`
    : `EVENTS_${streamName(source)}`;

/** `charge/ord-7`, as errors, logs and the CLI name an entity. */
export const nameOf = (entity: Entity): string => `${entity.entityType}/${entity.entityId}`;

/**
 * `events.<service>.<partition>.<entityType>.<entityId>`. STORED FORMAT.
 * @throws RF_ENTITY_ID when the id is not one token of [A-Za-z0-9_-]{1,64}; nothing is recorded.
 */
export function subjectOf({ service, entityType, entityId }: Entity): string {
  if (!TOKEN.test(entityId)) throw new RefrainError('RF_ENTITY_ID', { id: entityId, entityType });
  return `events.${service}.${partitionOf(entityId)}.${entityType}.${entityId}`;
}

/** The entity that a subject names, or `undefined` for a foreign subject. */
export function entityOfSubject(subject: string): Entity | undefined {
  const [prefix, service, partition, entityType, entityId, ...rest] = subject.split('.');
  if (prefix !== 'events' || !service || !partition || !entityType || !entityId || rest.length > 0)
    return undefined;
  return { service, entityType, entityId };
}

/** Every subject of a service, or of one type of its entities. Of an intake: of all outsiders, or of one. */
export const subjectsOf = (source: string, entityType?: string): string => {
  if (isIntake(source)) return `${source}.${entityType ?? '*'}`;
  return entityType === undefined ? `events.${source}.>` : `events.${source}.*.${entityType}.*`;
};
