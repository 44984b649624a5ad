import { findings, isSource, isTest, type TreeFile, withoutComments } from './tree.ts';

const pureFolder =
  /^shared\/(contract-kit|decider|retry|governor|event-log|runtime|memory|simulation|checking|replay)\//;
/** What a service wires to the world; all its other files decide. */
const edge = /^(main|gateway|http|read-model)[^/]*\.ts$/;

const clockAndChance = new RegExp(
  [
    String.raw`\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\)|\bperformance\.now\b|\bprocess\.hrtime\b`,
    String.raw`\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b`,
    String.raw`\bset(?:Timeout|Interval|Immediate)\b`,
    String.raw`\bprocess\.env\b`,
  ].join('|'),
  'g',
);

export function decides(path: string): boolean {
  if (!isSource(path) || isTest(path)) return false;
  const [, file] = /^services\/[^/]+\/(?:contract\/)?([^/]+)$/.exec(path) ?? [];
  return pureFolder.test(path) || (file !== undefined && !edge.test(file));
}

/** A decision made again, on another machine or at a replay, must come out the same. */
export function clockOrChance(file: TreeFile): string[] {
  if (!decides(file.path)) return [];
  // One turn of the event loop is no clock: virtual time needs it to see that nothing else is to be done.
  const allowed = file.path === 'shared/memory/virtual-clock.ts' ? /\bsetImmediate\b/g : /(?!)/g;
  const code = { ...file, text: withoutComments(file.text).replaceAll(allowed, 'turnOf') };
  return findings(code, clockAndChance, (found) => `uses ${found}; take it as an argument`);
}

const notPorts = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => name !== 'Promise'));
/** Names that Node's modules give to waiting, reading and calling, should one be brought in. */
const notPortsEither = ['sleep', 'once', 'fs', 'require', 'exec', 'readFile', 'writeFile', 'scheduler'];
for (const name of notPortsEither) notPorts.add(name);

/**
 * The runtime awaits its ports and its own functions, nothing else: only then can the simulator hold every
 * wait in its hand. Reads text: what follows `await` must not be a global, a constructor or an import.
 */
export function awaitsNoPort(file: TreeFile): string[] {
  if (!file.path.startsWith('shared/runtime/') || !isSource(file.path) || isTest(file.path)) return [];
  const code = { ...file, text: withoutComments(file.text) };
  const awaited = /\bawait\s+\(*(?:[A-Za-z_$][\w$]*)/g;
  return findings(code, awaited, (found) => found.replace(/^await\s+\(*/, '')).flatMap((finding) => {
    const [where = '', name = ''] = finding.split(' ');
    const wrong = name === 'new' || name === 'import' || notPorts.has(name);
    return wrong ? [`${where} awaits ${name}, which is no port`] : [];
  });
}
