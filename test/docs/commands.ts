import type { TreeFile } from '../tidy/tree.ts';

const typed = /\bnpx refrain(?: +([\w<][^\s`]*)([^`\n|]*))?/g;
const script = /\bnpm (?:run )?([a-z]+)(?= --|\b)/g;

/** Of each command, the flags that it has. */
export type Flags = ReadonlyMap<string, ReadonlySet<string>>;

/** `npx refrain <command>` and its flags exist. */
export const badCommands = ({ path, text }: TreeFile, commands: Flags): string[] =>
  [...text.matchAll(typed)].flatMap(([, name, rest = '']) => {
    if (name === undefined || name.startsWith('<') || name.startsWith('--')) return [];
    const flags = commands.get(name);
    if (!flags) return [`${path} says npx refrain ${name}, which is no command`];
    return [...rest.matchAll(/(?<=\s)--([a-z-]+)/g)].flatMap(([, flag = '']) =>
      flags.has(flag) ? [] : [`${path} says npx refrain ${name} --${flag}, which has no such flag`],
    );
  });

const ofNpm = new Set(['ci', 'install', 'start', 'test']);

/** `npm run <script>` exists; `npm start` and `npm test` are scripts too. */
export const badScripts = ({ path, text }: TreeFile, scripts: Readonly<Record<string, string>>): string[] =>
  [...text.matchAll(script)].flatMap(([said, name = '']) => {
    if (!said.startsWith('npm run') && !ofNpm.has(name)) return [];
    if (name === 'ci' || name === 'install' || scripts[name] !== undefined) return [];
    return [`${path} says ${said}, which package.json does not have`];
  });
