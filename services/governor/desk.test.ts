import { MemoryBroker, MemoryClient, VirtualClock } from '@refrain/memory';
import { expect, it } from 'vitest';
import { Desk } from './desk.ts';

it('a pin that nobody has set cannot be released, whatever the dependency is called', async () => {
  const clock = new VirtualClock();
  const store = new MemoryClient(new MemoryBroker({ clock, chance: () => 0.5 })).governorStore;
  const stop = clock.autorun();
  const desk = new Desk({ store, clock } as unknown as ConstructorParameters<typeof Desk>[0]);
  const asker = { by: 'ada', host: 'h', why: 'w' };
  expect(await desk.release('psp', asker)).toEqual({ refused: 'not pinned' });
  expect(await desk.release('constructor', asker)).toEqual({ refused: 'not pinned' });
  stop();
});
