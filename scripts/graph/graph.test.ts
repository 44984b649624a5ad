import { expect, test } from 'vitest';
import { refrain as run, type Said } from '../cli/refrain.fixture.ts';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { type Graph, graphOf } from './graph.ts';
import { mermaidOf } from './mermaid.ts';

const refrain = (...argv: string[]): Promise<Said> => run(['graph', ...argv]);

test('every event, every reaction and every effect of the shop is in the text', async () => {
  const { out } = await refrain();
  const lines = out.split('\n');
  for (const { contract, reactions, hot } of shopDefinitions()) {
    const { service, events, effects, undoneBy } = contract.$contract;
    for (const type of Object.keys(events))
      expect(lines.filter((line) => line.trim().split(/ {2,}/)[0] === type)).toHaveLength(1);
    for (const { event, name } of [...reactions, ...hot.flatMap(({ answers }) => answers)])
      expect(out).toMatch(new RegExp(`^ +${event.type} .*-> ${service}: ${name}`, 'm'));
    for (const [name, { dependency, after }] of Object.entries(effects))
      expect(out).toMatch(new RegExp(`^ +${name} +of ${dependency} +after ${after} `, 'm'));
    for (const [event, by] of Object.entries(undoneBy))
      expect(out).toMatch(new RegExp(`^ +${event} .*undone by ${by}`, 'm'));
  }
  expect(out).toMatch(/^ +OrderPlaced .*deadline: settle/m);
  expect(out).toMatch(/^ +tells GoodsArrived +-> inventory: take in what arrived$/m);
  expect(out).toMatch(/^ +hears ReceiptConfirmed$/m);
});

test('Mermaid gets each pair of services once, with what goes between them', async () => {
  const { out } = await refrain('--format', 'mermaid');
  expect(out).toContain('  s_orders -->|"OrderPlaced<br/>OrderCancelling"| s_payments\n');
  expect(out).toContain('  s_payments -.->|"charge<br/>refund"| d_psp\n');
  expect(out).toContain('s_payments["payments<br/>RefundIssued undoes ChargeCaptured"]');
  expect(out).toContain('  o_depot -->|"GoodsArrived"| s_inventory\n');
  expect(out).not.toContain('s_inventory --> s_inventory');
});

test('a name that Mermaid would not take is spelled otherwise', () => {
  const graph: Graph = {
    ...graphOf([]),
    services: [{ name: 'fine-goods', entities: [] }],
    called: [{ service: 'fine-goods', effect: 'send', dependency: 'e"x', after: 'A', repeat: 'keyed' }],
  };
  expect(mermaidOf(graph).split('\n').slice(1)).toEqual([
    '  s_fine_goods["fine-goods"]',
    '  d_e_x[("e#quot;x")]',
    '  s_fine_goods -.->|"send"| d_e_x',
  ]);
});

test('of one service there is what it takes part in, and no more', async () => {
  const { code, out } = await refrain('--service', 'notifications', '--json');
  const { services, heard, mermaid } = JSON.parse(out) as Graph & { mermaid: string };
  expect(code).toBe(0);
  expect(services.map(({ name, entities }) => [name, entities.flatMap(({ events }) => events)])).toEqual([
    ['orders', ['OrderCompleted', 'OrderCancelled']],
    ['notifications', ['MailRequested', 'MailSent', 'MailUnresolved']],
  ]);
  expect(heard.every(({ to }) => to === 'notifications')).toBe(true);
  expect(mermaid).not.toContain('payments');
});

test.each([
  [['--format', 'png'], 'expected one of text, mermaid, found "png"'],
  [['--service', 'shipping'], 'expected one of orders, payments, inventory, notifications, found "shipping"'],
])('wrong usage is one line: %j', async (argv, said) => {
  const { code, out, err } = await refrain(...argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(said);
});
