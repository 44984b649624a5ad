import { cause } from '@refrain/contract-kit';
import { effect, noMetrics, service, type ServiceDefinition } from '@refrain/runtime';
import { describe, expect, it } from 'vitest';
import { askingWorld } from './asking.fixture.ts';
import { definitionOf, Run } from './breakable.fixture.ts';
import { type Instance, World } from './world.ts';

const said = { by: 'ada', host: 'here', why: 'it takes so long' };

/** The first call of an operation is under way when a person wants it now, and another instance hears it. */
describe('a first call that a person hurries', () => {
  it('counts as a retry where the key lets it be made twice', async () => {
    const { w, thing } = askingWorld({ horizonMs: 3_600_000 }, 5);
    const kinds: string[] = [];
    const world = new World({
      seed: 1,
      metrics: {
        ...noMetrics,
        add: (name, _, { kind } = {}) => {
          if (name === 'refrain_calls_total' && kind) kinds.push(kind);
        },
      },
    });
    const calls: string[] = [];
    const define = (): ServiceDefinition =>
      service({
        contract: w,
        deciders: [thing],
        effects: [
          effect(w, 'call', {
            call: async ({ id }) => {
              calls.push(id);
              await world.clock.sleep(900);
              return thing.recordDone({ id });
            },
            classify: () => undefined,
          }),
        ],
      });
    world.declare([define()]);
    const until = (done: () => boolean): Promise<boolean> => world.clock.runUntil(done, 60_000);
    const ask = (id: string, { host }: Instance): void =>
      void host.execute(thing.ask({ id }), { cause: cause.request('t', id), correlation: id });
    const hears = world.start('w-1', define, { callsMax: 1 }); // it gets the alarms
    ask('other', hears); // and is busy
    await until(() => calls.length === 1);
    ask('a', world.start('w-2', define));
    await until(() => calls.length === 2);
    const { operation = '' } = world.broker.commitsOf('w').at(-1)?.body().events[0] ?? {};
    void hears.host.desk.retryNow(operation, said);
    await until(() => kinds.length === 3);
    expect(calls).toEqual(['other', 'a', 'a']);
    expect(kinds.toSorted()).toEqual(['first', 'first', 'retry']);
  });

  it('stays alone where nothing protects a repeat', async () => {
    const sent: string[] = [];
    const run = new Run(() =>
      definitionOf({
        call: async () => 'ref',
        post: async ({ operationId }) => {
          sent.push(operationId);
          await run.world.clock.sleep(5_000);
        },
      }),
    );
    const hears = run.start({ callsMax: 1 });
    run.ask('askPost', 'other');
    await run.until(() => sent.length === 1);
    run.start();
    run.ask('askPost', 'a');
    await run.until(() => sent.length === 2);
    void hears.host.desk.retryNow(sent[1] ?? '', said);
    await run.until(() => run.types().includes('refrain.RetryRequested'));
    await run.pass(120_000);
    expect(sent).toHaveLength(2);
    expect(run.types().filter((type) => type === 'PostDone')).toHaveLength(2);
  });
});
