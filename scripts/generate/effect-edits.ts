import { type Edits, OtherForm, replaced, withItem, withKitImports } from './edit.ts';
import { camel, contractNameOf, kebab, pascal } from './names.ts';
import type { Change } from './templates.ts';

/** All that the texts of a new effect are made of. */
export interface Parts {
  readonly service: string;
  readonly effect: string;
  readonly calls: string;
  readonly entity: string;
  readonly id: string;
  readonly after: string;
  readonly past: string;
  readonly success: string;
  readonly failed: string;
  /** What it takes back. */
  readonly undoes: string | undefined;
  /** Those of the two that are new. */
  readonly events: readonly string[];
}

/** The id in samples and tests: `order-7` of `orderId`. */
export const sampleIdOf = ({ id }: Pick<Parts, 'id'>): string => `${id.replace(/Id$/, '')}-7`;

/** The rule in the contract, and the events it leads to. */
export function withRule(text: string, parts: Parts): string {
  const { entity, id, effect, after, calls, success, failed, events, undoes } = parts;
  let edited = withKitImports(text, 'keyed', 'outage', 'rejected', 'throttled', 'transient');
  for (const type of events) {
    const why = type === failed ? ' // refused, or nobody knows: a person decides' : '';
    edited = withItem(
      edited,
      `${type}: event(1, { ${id} }),${why}`,
      'entities: {',
      `${entity}: {`,
      'events: {',
    );
  }
  if (events.includes(failed)) edited = withTop(edited, 'waits: [', `'${failed}'`, ']');
  if (undoes !== undefined) {
    edited = withTop(edited, 'undoneBy: {', `${undoes}: '${success}',`, '}');
    edited = edited.replace(new RegExp(`^.*${untaken(undoes)}.*\n`, 'm'), '');
  }
  const given = `givingUp: '${failed}'`;
  return withTop(
    edited,
    'effects: {',
    `${effect}: {
      after: '${after}',
      dependency: '${calls}',
      steps: ['${effect}'],
      timeoutMs: 5_000,
      repeat: keyed({ horizonMs: 24 * 60 * 60 * 1000 }),
      retry: { attempts: 10, firstDelayMs: 200, maxDelayMs: 10_000 },
      ${undoes === undefined ? `retriable: true, // ${untaken(success)}` : `undoes: '${undoes}',`}
      failures: {
        ${calls}_down: outage({ happened: 'no', ${given} }), // nobody listens
        ${calls}_busy: throttled({ happened: 'no', ${given} }),
        ${calls}_refused: rejected({ records: '${failed}' }),
        ${calls}_error: transient({ happened: 'unknown', ${given} }),
      },
    },`,
    '}',
  );
}

/** Why an effect is marked as one that needs no undo; `--undoes` takes the mark away again. */
const untaken = (success: string): string => `nothing takes ${success} back`;

/** A further item of a member of the contract, which is made where it is not there. */
function withTop(text: string, opening: string, item: string, close: string): string {
  const contract = 'defineContract({';
  try {
    return withItem(text, item, contract, opening);
  } catch (error) {
    if (!(error instanceof OtherForm)) throw error;
    return withItem(text, `${opening}${item}${close},`, contract);
  }
}

/** `contract/names.json` with a further name, which is kept for ever. */
export const withName = (text: string, name: string): string =>
  `${JSON.stringify([...(JSON.parse(text) as string[]), name].sort(), undefined, 2)}\n`;

/** The decider keeps that it was done, and that nobody knows. */
export function withDecisions(text: string, parts: Parts): string {
  const { entity, id, past, success, failed, events } = parts;
  const contract = contractNameOf(parts);
  let edited = text;
  const flags = [
    [success, past],
    [failed, 'unresolved'],
  ] as const;
  for (const [type, flag] of flags) {
    if (!events.includes(type)) continue;
    edited = withItem(edited, `${flag}?: boolean;`, `interface ${pascal(entity)} {`);
    edited = withItem(edited, `${type}: (state) => { state.${flag} = true; },`, 'evolve: {');
  }
  return withItem(
    edited,
    `// It was done. That counts whatever was concluded meanwhile.
    record${pascal(past)}: (state, { ${id} }: { ${id}: string }) =>
      state.${past} ? [] : [${contract}.${success}({ ${id} })],`,
    'decide: {',
  );
}

/** The laws are told what may happen: it is done, also after giving up. */
export function withStory(text: string, parts: Parts): string {
  const { entity, id, past, after, success, failed } = parts;
  const contract = contractNameOf(parts);
  const command = `record${pascal(past)}`;
  let edited = replaced(
    text,
    'const stories: Story[] = [',
    `const ${past} = ${contract}.${success}({ ${id} });
const ${command} = ${entity}.${command}({ ${id} });

test('that it was ${past} is recorded, also after giving up', () => {
  given(${entity}, ${contract}.${failed}({ ${id} })).when(${command}).records(${past});
  given(${entity}, ${past}).when(${command}).recordsNothing();
});

const stories: Story[] = [`,
  );
  // Only a person knows which command leads to an undo.
  if (parts.undoes === undefined)
    edited = withItem(
      edited,
      `{ name: '${past}', arrivals: [request], answers: { ${after}: () => [${command}] } },
  {
    name: '${past} after giving up',
    arrivals: [request],
    answers: { ${after}: () => [${contract}.${failed}({ ${id} }), ${command}] },
  },`,
      'const stories: Story[] = [',
    );
  const recorded = `{ command: ${command}, isRecordedBy: ({ type }) => type === '${success}' },`;
  try {
    return withItem(edited, recorded, 'lawsOf({', 'successes: [');
  } catch (error) {
    if (!(error instanceof OtherForm)) throw error;
    return withItem(edited, `successes: [${recorded}],`, 'lawsOf({');
  }
}

/** The call itself, whose success comes back as the command that records it. */
export function withCall(text: string, parts: Parts): string {
  const { entity, id, effect, past, calls } = parts;
  const contract = contractNameOf(parts);
  const success = `${entity}.record${pascal(past)}({ ${id} })`;
  return withItem(
    text,
    `effect(${contract}, '${effect}', {
    ${effect}: async ({ ${id} }, call) => {
      await ${calls}.${effect}({ ${id} }, call);
      return ${success};
    },
    happened: ({ ${id} }) => ${success},
    classify,
  }),`,
    `effects = (${calls}: ${pascal(calls)}) => [`,
  );
}

/** The port with one call more, and that call over HTTP. */
export function gatewayFiles({ calls, effect, id }: Parts, edit: Edits): Change[] {
  const Gateway = pascal(calls);
  return [
    edit('gateway.ts', (text) =>
      withItem(
        text,
        `${effect}(asked: { ${id}: string }, call: Call): Promise<void>;`,
        `interface ${Gateway} {`,
      ),
    ),
    edit('gateway.http.ts', (text) =>
      withItem(
        text,
        `${effect}: async (asked, call) => await post(\`\${url}/${effect}\`, asked, call),`,
        `): ${Gateway} => ({`,
      ),
    ),
  ];
}

/** What stands for the service in simulations and checks, with a gateway that does what it is asked. */
export function withStandIn(text: string, { service, calls, effect }: Parts, isFirst: boolean): string {
  const call = `${effect}: async () => {},`;
  const none = `${camel(service)}Service()`;
  if (!isFirst) return withItem(text, call, `${calls}: {`);
  return replaced(
    replaced(text, none, `${camel(service)}Service({ ${calls}: { ${call} } })`),
    'as it is: it reaches nobody.',
    `with a ${calls} that does what it is asked. It reaches nobody.`,
  );
}

/** The service as a value takes its gateway. */
export function wired(text: string, { service, calls }: Parts): string {
  const name = `${camel(service)}Service`;
  const typed = `import { effects } from './effects.ts';
import type { ${pascal(calls)} } from './gateway.ts';`;
  const imported = replaced(
    text,
    "import { service } from '@refrain/runtime';",
    `import { service } from '@refrain/runtime';\n${typed}`,
  );
  const taking = replaced(
    imported,
    `${name} = () =>`,
    `${name} = ({ ${calls} }: { ${calls}: ${pascal(calls)} }) =>`,
  );
  return withItem(taking, `effects: effects(${calls})`, 'service({');
}

/** The process reads where its gateway is. */
export function connected(text: string, { service, calls }: Parts): string {
  const variable = variableOf(calls);
  const imports = replaced(
    text,
    "import { runService } from '@refrain/process';",
    `import { runService, settingOf } from '@refrain/process';
import { z } from 'zod';
import { http${pascal(calls)} } from './gateway.http.ts';`,
  );
  const schema = "z.url({ protocol: /^https?$/, error: 'expected http://host:port' })";
  const setting = `const ${calls}Url = ${schema};\n\n`;
  const open = `http${pascal(calls)}({ url: settingOf(process.env, '${variable}', ${calls}Url) })`;
  return replaced(
    replaced(imports, 'await runService(', `${setting}await runService(`),
    `${camel(service)}Service()`,
    `${camel(service)}Service({ ${calls}: ${open} })`,
  );
}

const variableOf = (calls: string): string => `${kebab(calls).replaceAll('-', '_').toUpperCase()}_URL`;

/** The variable that says where the gateway is, and the packages that the call needs. */
export function withSettings(text: string, { calls }: Parts): string {
  const manifest = JSON.parse(text) as {
    refrain: { env?: Record<string, string> };
    dependencies: Record<string, string>;
  };
  const { refrain, dependencies } = manifest;
  const env = { ...refrain.env, [variableOf(calls)]: 'http://127.0.0.1:4400' };
  const needed = { ...dependencies, '@refrain/errors': '0.1.0', zod: '4.6.7' };
  const sorted = Object.fromEntries(Object.entries(needed).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return `${JSON.stringify({ ...manifest, refrain: { ...refrain, env }, dependencies: sorted }, undefined, 2)}\n`;
}
