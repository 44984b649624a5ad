import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { table } from '../output.ts';
import { asItSays } from '../ready.ts';
import { findShop } from '../shop-at.ts';

export const command = defineCommand({
  name: 'ps',
  summary: 'Lists the processes of the running shop: name, pid, URL, status.',
  operands: '',
  options: {},
  notes: [
    'ready: it says so itself, when it is asked. starting: it waits for its turn, or runs and does not say so',
    '(yet, or any more); a service that its broker does not answer is not ready, one whose provider is down is.',
  ],
  async run({ env, out }) {
    const asked = await Promise.all(findShop(env).processes.map((entry) => asItSays(entry)));
    const processes = asked.map(({ name, pid, url, status }) => ({
      name,
      pid,
      url,
      status,
    }));
    for (const line of table(processes.map(({ name, pid, url, status }) => [name, String(pid), status, url])))
      out.line(line);
    out.document(processes);
    return exit.fine;
  },
});
