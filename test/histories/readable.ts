import { messageOf } from '@refrain/errors';
import { parseType } from '@refrain/event-log';
import type { ServiceDefinition } from '@refrain/runtime';
import { hearersOf } from './history.ts';

/** An event as it was stored once: `ChargeCaptured.2`, and its data. */
export interface Sample {
  readonly name: string;
  readonly data: unknown;
}

/**
 * What was stored in versions of before and cannot be read any more: a field was renamed, or changed, without
 * a new version and its upcast. Says who hears it.
 */
export function unreadable(
  definition: Pick<ServiceDefinition, 'contract'>,
  samples: readonly Sample[],
  definitions: readonly ServiceDefinition[],
): string[] {
  const { service, types } = definition.contract.$contract;
  return samples.flatMap(({ name, data }) => {
    const { type, version } = parseType(name);
    try {
      types[type]?.parse(version, data);
      return [];
    } catch (error) {
      const heard = hearersOf(service, [type], definitions).join(', ') || 'nobody';
      return [
        `${service}: ${type} version ${version} is stored and cannot be read any more (heard by ${heard}). ` +
          `Give the event a new version, and an upcast from version ${version}. ${messageOf(error)}`,
      ];
    }
  });
}
