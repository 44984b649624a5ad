import { join, relative, resolve } from 'node:path';
import { shopServices } from '../../choreography/shop-services.ts';
import { changesOf } from '../../contracts/changes.ts';
import { deploymentOrder } from '../../contracts/deployment.ts';
import { describe } from '../../contracts/description.ts';
import { documentsOf, writeDocuments } from '../../contracts/documents.ts';
import { lineOf, linesOf } from '../../contracts/lines.ts';
import { lockFile, readLock, writeLock } from '../../contracts/lock-file.ts';
import manifest from '../../package.json' with { type: 'json' };
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { text } from '../options.ts';
import { commandGroup } from '../subcommands.ts';

const lock = text('FILE', 'another lock, such as that of a release (contracts.lock.json of this checkout)');

const diff = defineCommand({
  name: 'contracts diff',
  summary:
    'What differs from the contracts as they were accepted, whom it breaks, and in which order to deploy.',
  operands: '',
  options: { lock },
  notes: ['Exit code 1: something differs.'],
  async run({ options, out }) {
    const file = options.lock === undefined ? lockFile : resolve(options.lock);
    const kept = readLock(file);
    if (!kept)
      throw new UsageError(
        `${file} is not there. Nothing was compared. \`npx refrain contracts accept\` writes it.`,
      );
    const after = describe(shopServices(), kept.services);
    const changes = changesOf(kept.services, after);
    const breaks = changes.some((change) => change.breaks.length > 0);
    const order = breaks ? [] : deploymentOrder(after, changes);
    for (const line of linesOf(changes, order)) out.line(line);
    out.document({ changes, order });
    return changes.length === 0 ? exit.fine : exit.finding;
  },
});

const accept = defineCommand({
  name: 'contracts accept',
  summary: 'Keeps the contracts as they are now, and why. The file is to be committed with the change.',
  operands: '',
  options: {
    lock,
    reason: text('WHY', 'why what was promised changes, and what becomes of whom it breaks; required'),
  },
  async run({ options: { lock: named, reason }, out }) {
    if (reason === undefined || reason.trim() === '')
      throw new UsageError(
        'refrain contracts accept: --reason expects WHY, found nothing. Nothing was done.',
      );
    const file = named === undefined ? lockFile : resolve(named);
    const kept = readLock(file);
    const services = describe(shopServices(), kept?.services);
    const changes = changesOf(kept?.services ?? {}, services).map(lineOf);
    if (changes.length > 0) {
      const on = new Date().toISOString().slice(0, 10);
      writeLock(file, { v: 1, services, accepted: [...(kept?.accepted ?? []), { on, reason, changes }] });
    }
    for (const line of changes) out.line(`accepted: ${line}`);
    out.line(changes.length === 0 ? 'Nothing differs; nothing was changed.' : `${file} was written.`);
    out.document({ file, accepted: changes });
    return exit.fine;
  },
});

/** Where an export goes that names no folder: git ignores it. */
const usualFolder = join(resolve(import.meta.dirname, '../../..'), '.cache', 'contracts');

const exportAll = defineCommand({
  name: 'contracts export',
  summary:
    'Writes the contracts as AsyncAPI 3, as a JSON Schema of each event version, and as a list of CloudEvents.',
  operands: '[folder]',
  operandCount: { min: 0, max: 1 },
  options: {},
  notes: ['Without a folder: .cache/contracts. What it wrote there before is replaced.'],
  async run({ operands, out }) {
    const folder = operands[0] === undefined ? usualFolder : resolve(operands[0]);
    const services = shopServices();
    const documents = documentsOf(describe(services, readLock(lockFile)?.services), services, manifest);
    writeDocuments(folder, documents);
    const files = Object.keys(documents);
    const schemas = files.filter((file) => file.startsWith('schemas/')).length;
    const shown = relative('.', folder) || '.';
    out.line(`${shown}/asyncapi.json     who records and who hears what, AsyncAPI 3`);
    out.line(`${shown}/cloudevents.json  every event version as CloudEvents 1.0 has it, with an example`);
    out.line(`${shown}/schemas/          ${schemas} schemas, JSON Schema draft 7`);
    out.document({ folder, files });
    return exit.fine;
  },
});

export const command = commandGroup({
  name: 'contracts',
  summary: 'What the services promise each other: what changed of it, whom that breaks, and as documents.',
  subcommands: [diff, accept, exportAll],
});
