import { expect, it } from 'vitest';
import { decide, type Decided, resume } from './decide.ts';
import { defaultPolicy } from './policy.ts';
import { nothingCounted, report } from './report.ts';
import { createWindow } from './window.ts';
import type { Pin, Word } from './word.ts';

const load = { consumerLag: 0, handlingMs: 0, scheduleLateMs: 0, clockOffsetMs: 0, oldestOverdueMs: 0 };
const pin: Pin = { kind: 'suppressed', by: 'ada', host: 'here', why: 'the provider called', at: 1 };

/** Ten calm seconds, ten of an outage, twenty under a pin; what is said when it is released. */
function releasedWord({ takenOver }: { takenOver: boolean }): Word | undefined {
  const window = createWindow();
  const counts = nothingCounted();
  let [decided, epoch]: [Decided | undefined, number] = [undefined, 1];
  let last: Word | undefined;
  for (let s = 0; s <= 40; s++) {
    const now = 1_000_000 + s * 1_000;
    if (s < 20 && last?.kind !== 'suppressed') {
      counts.firsts += 20;
      counts[s < 10 ? 'successes' : 'outage'] += 20;
    }
    Object.assign(counts, s < 12 ? {} : { waitingFirsts: 16, waitingParked: 500 });
    const heard = last ? { psp: { epoch: last.epoch, tick: last.tick } } : {};
    const names = { service: 'payments', instance: 'i', life: 'x', n: s + 1 };
    window.hear(report.parse({ v: 1, ...names, heard, dependencies: { psp: counts }, load }), now);
    if (s === 30 && takenOver && last) [decided, epoch] = [resume([last], 2, now), 2];
    const pins = s >= 20 && s < 40 ? { psp: pin } : {};
    const said = decide(decided, window.see(now), { policy: defaultPolicy, pins, epoch, now });
    decided = said.after;
    [last] = said.words;
  }
  return last;
}

it('a pin that is released after an outage is followed by a ramp', () => {
  expect(releasedWord({ takenOver: false })).toMatchObject({ kind: 'throttled', ramp: true });
});

it('and by a probe, where another governor took over meanwhile: it does not know what the pin hid', () => {
  expect(releasedWord({ takenOver: true })).toMatchObject({ kind: 'probing' });
});

it('a pin that let everything go says nothing of an outage', () => {
  const word = {
    ...(releasedWord({ takenOver: false }) as Word),
    kind: 'open',
    pin: { ...pin, kind: 'open' },
  } as Word;
  expect(resume([word], 2, 0).dependencies).toEqual({});
});
