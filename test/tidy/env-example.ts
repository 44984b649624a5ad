export interface Example {
  readonly name: string;
  readonly value: string;
  /** Behind a `#`: what could be set, and is not. */
  readonly isComment: boolean;
}

/** The variables of `.env.example`: `NAME=value`, or `# NAME=value` for one that is not set by default. */
export const examplesIn = (text: string): Example[] =>
  [...text.matchAll(/^(# )?([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, comment, name = '', value = '']) => ({
    name,
    value,
    isComment: comment !== undefined,
  }));

/** `defaults`: every variable that is read, with the value that holds when it is not set; `null` for none. */
export function badExamples(
  examples: readonly Example[],
  defaults: ReadonlyMap<string, string | null>,
): string[] {
  const shown = new Map(examples.map((example) => [example.name, example]));
  return [
    ...[...defaults.keys()].filter((name) => !shown.has(name)).map((name) => `.env.example lacks ${name}`),
    ...examples
      .filter(({ name }) => !defaults.has(name) && !name.startsWith('OTEL_'))
      .map(({ name }) => `.env.example has ${name}, which nobody reads`),
    ...[...defaults].flatMap(([name, value]) => {
      const example = shown.get(name);
      if (!example || (example.isComment ? value === null : example.value === value)) return [];
      return [`.env.example: ${name} is ${value === null ? 'not set' : value} when nobody says`];
    }),
  ];
}
