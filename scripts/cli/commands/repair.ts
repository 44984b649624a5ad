import { defineCommand } from '../command.ts';
import { exit } from '../errors.ts';
import { Desks } from '../operator/desks.ts';
import { codeOf } from '../operator/telling.ts';
import { sweepReport } from '../operator/views.ts';
import { table } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { plural } from '../plural.ts';

export const command = defineCommand({
  name: 'repair',
  summary: 'Sweeps in every service now: makes lost alarms again, and decides what was driven again.',
  operands: '',
  options: {},
  notes: ['Each service does so by itself every 10 s; an alarm more than needed changes nothing.'],
  async run({ env, out }) {
    const desks = new Desks(findShop(env));
    const answers = await Promise.all(
      desks.services.map((service) => desks.post(service, 'sweep', sweepReport, {})),
    );
    const reports = answers.flatMap((answer) =>
      answer.kind === 'done' ? [{ service: answer.service, ...answer.value }] : [],
    );
    const rows = reports.map(({ service, open, alarms, deadLetters, redriven }) => [
      service,
      `${open} open`,
      `${plural(alarms, 'alarm')} made again`,
      plural(deadLetters, 'dead letter'),
      `${redriven} decided again`,
    ]);
    for (const line of table(rows)) out.line(line);
    out.document({ services: reports, missing: desks.missing });
    return codeOf(desks, out, exit.fine);
  },
});
