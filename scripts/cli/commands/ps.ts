import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { table } from '../output.ts';
import { findShop } from '../shop-at.ts';

export const command = defineCommand({
  name: 'ps',
  summary: 'Lists the processes of the running shop: name, pid, URL, status.',
  operands: '',
  options: {},
  run({ env, out }) {
    const processes = findShop(env).processes.map(({ name, pid, url, status }) => ({
      name,
      pid,
      url,
      status,
    }));
    for (const line of table(processes.map(({ name, pid, url, status }) => [name, String(pid), status, url])))
      out.line(line);
    out.document(processes);
    return Promise.resolve(exit.fine);
  },
});
