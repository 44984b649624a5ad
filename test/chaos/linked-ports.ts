import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type TroubledLink, troubledLink } from '../support/troubled-link.ts';
import { type Link, links } from './chaos-plan.ts';

/** Above the base of a shop: its three nodes, the payment sandbox, SMTP. */
const offsets: Readonly<Record<string, readonly number[]>> = { broker: [22, 23, 24], psp: [20], mail: [25] };

/** The links of a shop, and how its processes are brought to go over them. */
export interface LinkedPorts {
  /** For the environment of `up`. */
  readonly nodeOptions: string;
  /** What goes from a service to the one beside it: three ways where that is a broker of three nodes. */
  of(link: Link): readonly TroubledLink[];
  /** @throws where nothing ever went over a link: what was done to it proves nothing. */
  check(): void;
  close(): Promise<void>;
}

/**
 * Puts a link between each service and what it dials. Nothing of the shop knows: the module that Node loads
 * first in each process of a service turns what is dialled to the link's port. Everything else is dialled as
 * ever.
 */
export async function linkPorts(portBase: number, folder: string): Promise<LinkedPorts> {
  const made = new Map<Link, TroubledLink[]>();
  const turned: Record<string, Record<number, number>> = {};
  for (const link of links) {
    const [service = '', beside = ''] = link.split('-');
    for (const offset of offsets[beside] ?? []) {
      const way = await troubledLink(portBase + offset);
      made.set(link, [...(made.get(link) ?? []), way]);
      turned[service] = { ...turned[service], [portBase + offset]: way.port };
    }
  }
  const file = join(folder, 'turn-ports.mjs');
  writeFileSync(file, moduleText(turned));
  return {
    nodeOptions: `--import=${pathToFileURL(file).href}`,
    of: (link) => made.get(link) ?? [],
    check: () => {
      const unused = [...made].filter(([, ways]) => ways.every((way) => way.carried() === 0));
      if (unused.length > 0) throw new Error(`Nothing went over ${unused.map(([link]) => link).join(', ')}.`);
    },
    close: async () => {
      await Promise.all([...made.values()].flat().map((link) => link.close()));
    },
  };
}

const moduleText = (turned: object): string => `import { Socket } from 'node:net';
const turned = ${JSON.stringify(turned)}[/services\\/([a-z]+)\\/main\\.ts$/.exec(process.argv[1] ?? '')?.[1]];
if (turned) {
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (...args) {
    // Node calls it with one array of what it was called with, or with the options themselves.
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (typeof options === 'object' && options !== null) {
      const port = turned[options.port];
      if (port !== undefined) options.port = port;
    } else if (turned[options] !== undefined) args[0] = turned[options];
    return connect.apply(this, args);
  };
}
`;
