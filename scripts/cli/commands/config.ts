import { defineCommand } from '../command.ts';
import { readConfig } from '../config.ts';
import { exit } from '../errors.ts';
import { integer, onOff } from '../options.ts';
import { table } from '../output.ts';

export const command = defineCommand({
  name: 'config',
  summary:
    'What up would take now, and where each value comes from: flag, environment, .env file or default.',
  operands: '',
  options: {
    portBase: integer('N', 'as `up` would be given it', { min: 1024, max: 65_500 }),
    realProviders: onOff('as `up` would be given it'),
  },
  run({ options, env, out }) {
    const { entries } = readConfig({ env, flags: options });
    const rows = entries.map(({ name, value, source, note }) => [
      name,
      value ?? '-',
      note === undefined ? source : `${source}, ${note}`,
    ]);
    for (const row of table(rows)) out.line(row);
    out.document(entries);
    return Promise.resolve(exit.fine);
  },
});
