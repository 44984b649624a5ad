import { graphOf, partOf } from '../../graph/graph.ts';
import { mermaidOf } from '../../graph/mermaid.ts';
import { textOf } from '../../graph/text.ts';
import { defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { text, textOr } from '../options.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

const formats = ['text', 'mermaid'];

export const command = defineCommand({
  name: 'graph',
  summary: 'Prints the choreography: who records and who hears what, what undoes what, whom services call.',
  operands: '',
  options: {
    format: textOr('text|mermaid', 'how it is printed', 'text'),
    service: text('NAME', 'only what this service takes part in'),
  },
  notes: ['It needs no running shop: contracts and reactions are all it looks at.'],
  async run({ options: { format, service }, out }) {
    if (!formats.includes(format))
      throw new UsageError(
        `refrain graph: --format: expected one of ${formats.join(', ')}, found "${format}". Nothing was done.`,
      );
    const shop = graphOf(shopDefinitions());
    const names = shop.services.map(({ name }) => name);
    if (service !== undefined && !names.includes(service))
      throw new UsageError(
        `refrain graph: --service: expected one of ${names.join(', ')}, found "${service}". Nothing was done.`,
      );
    const graph = service === undefined ? shop : partOf(shop, service);
    const mermaid = mermaidOf(graph);
    for (const line of format === 'mermaid' ? mermaid.split('\n') : textOf(graph)) out.line(line);
    out.document({ ...graph, mermaid });
    return exit.fine;
  },
});
