import type { EventDefinition } from './event.ts';

/** A program that is none of ours: what it may tell a service, and what it may hear of it. */
export interface OutsiderDefinition<
  // oxlint-disable-next-line typescript/no-explicit-any -- a schema's input is inferred per event
  T extends Readonly<Record<string, EventDefinition<any>>> = Readonly<Record<string, EventDefinition>>,
  K extends string = string,
> {
  /** Its events, past tense as all are. What it tells is taken by a reaction of the service (`told`). */
  readonly tells: T;
  /** The types of this service's entities whose events it may hear. Nothing else is shown to it. */
  readonly hears: readonly K[];
}

const INTAKE = 'intake.';

/**
 * Where what outsiders tell a service waits, named as services are: `intake.inventory`. No service can have
 * that name.
 */
export const intakeOf = (service: string): string => `${INTAKE}${service}`;

/** Whether a source of deliveries is such an intake. */
export const isIntake = (source: string): boolean => source.startsWith(INTAKE);
