interface EventVersions {
  service: string;
  events: Readonly<Record<string, { version: number }>>;
}

/**
 * What was stored must be read for ever, so each version of each event keeps one stored sample beside the
 * contract; the laws parse them. A sample that no event claims is one whose event was renamed or taken away.
 */
export function samples({ service, events }: EventVersions, stored: readonly string[]): string[] {
  const folder = `services/${service}/contract/samples`;
  const wanted = Object.entries(events).flatMap(([type, { version }]) =>
    Array.from({ length: version }, (_, i) => `${type}.${i + 1}.json`),
  );
  return [
    ...wanted.filter((file) => !stored.includes(file)).map((file) => `${folder}/${file} is missing`),
    ...stored.filter((file) => !wanted.includes(file)).map((file) => `${folder}/${file} belongs to no event`),
  ];
}
