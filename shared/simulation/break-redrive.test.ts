import { cause, defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { on, service, type ServiceDefinition } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { World } from './world.ts';

const id = z.string();
const source = defineContract({
  service: 'source',
  entities: { root: { id: 'id', events: { Placed: event(1, { id }) } } },
});
const clerk = defineContract({
  service: 'clerk',
  entities: { slip: { id: 'id', events: { Asked: event(1, { id }) } } },
});
const root = defineDecider(
  source,
  'root',
  {},
)({
  evolve: { Placed: () => {} },
  decide: { place: (_, data: { id: string }) => [source.Placed(data)] },
});
const slip = defineDecider(
  clerk,
  'slip',
  {},
)({
  evolve: { Asked: () => {} },
  decide: {
    ask: (_, data: { id: string }) => {
      if (data.id === 'wrong') throw new Error('there is no such slip');
      return [clerk.Asked(data)];
    },
  },
});
let target = 'wrong';
const clerkService = (): ServiceDefinition =>
  service({
    contract: clerk,
    deciders: [slip],
    reactions: [on(source.Placed, 'ask', () => slip.ask({ id: target }))],
  });
const sourceService = (): ServiceDefinition => service({ contract: source, deciders: [root] });

/** The mistake was which entity it is for; today's code knows better. */
it('a dead letter that today decides on another entity is answered, and in the list no more', async () => {
  const world = new World({ seed: 1 });
  world.declare([sourceService(), clerkService()]);
  const { host } = world.start('source', sourceService);
  const { desk } = world.start('clerk', clerkService).host;
  void host.execute(root.place({ id: 'a' }), { cause: cause.request('t', 'a'), correlation: 'a' });
  const types = (): string[] => world.broker.commitsOf('clerk').flatMap((commit) => [...commit.types]);
  await world.clock.runUntil(() => types().includes('refrain.Defect.1'), 20_000);
  target = 'right';
  const does = async <T>(doing: Promise<T>): Promise<T> => {
    let over = false;
    void doing.finally(() => (over = true));
    await world.clock.runUntil(() => over, 60_000);
    return await doing;
  };
  const report = await does(desk.redrive({ by: 'ada', host: 'h', why: 'mended', all: true }));
  expect(report).toMatchObject({ succeeded: 1 });
  expect(types()).toContain('Asked.1');
  await world.clock.runUntil(() => false, 60_000);
  expect((await does(desk.deadLetters())).items).toEqual([]);
});
