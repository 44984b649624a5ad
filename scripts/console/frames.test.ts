import { frame, WORD_MS_MAX } from '@refrain/console/api';
import { SILENT_MS } from '@refrain/governor';
import { expect, test } from 'vitest';
import { Frames, type Now, SILENT_MS_MAX } from './frames.ts';

const word = {
  dependency: 'psp',
  kind: 'open',
  reason: 'calm',
  since: 1,
  pinned: false,
  held: 0,
  saidAgoMs: 5,
};
const standing = { services: [], words: [word], processes: [] };
const now = (at: number, counts: Record<string, number>, more: Partial<Now> = {}): Now => ({
  at,
  counts: new Map(Object.entries(counts)),
  latest: [],
  standing,
  ...more,
});

test('the first frame tells how all stands, the next ones what has happened since', () => {
  const frames = new Frames();
  const first = frames.next(now(1_000, { 'orders.OrderPlaced': 7 }));
  expect(first).toMatchObject({ ms: 0, events: {}, words: [word], services: [], processes: [] });
  expect(frame.parse(first)).toEqual(first);
  const second = frames.next(now(1_500, { 'orders.OrderPlaced': 9, 'payments.ChargeRequested': 1 }));
  expect(second).toMatchObject({
    ms: 500,
    events: { 'orders.OrderPlaced': 2, 'payments.ChargeRequested': 1 },
  });
  expect(second).not.toHaveProperty('words');
});

test('where nothing happens there is a frame in five seconds, and the time of a word alone is nothing', () => {
  const frames = new Frames();
  frames.next(now(0, { 'a.B': 7 }));
  const older = { ...standing, words: [{ ...word, saidAgoMs: 900 }] };
  expect(frames.next(now(500, { 'a.B': 7 }, { standing: older }))).toBeUndefined();
  expect(frames.next(now(SILENT_MS_MAX, { 'a.B': 7 }))).toMatchObject({ ms: SILENT_MS_MAX, events: {} });
});

test('a governor that falls silent is told, and who has just come is told all', () => {
  const frames = new Frames();
  frames.next(now(0, {}));
  const silent = { ...standing, words: [{ ...word, saidAgoMs: 3_500 }] };
  expect(frames.next(now(500, {}, { standing: silent }))?.words).toEqual(silent.words);
  expect(frames.next(now(1_000, {}, { standing: silent }))).toBeUndefined();
  frames.tellAll();
  expect(frames.next(now(1_500, {}, { standing: silent }))?.words).toEqual(silent.words);
});

test('a shop that could not be asked changes nothing about what was told', () => {
  const frames = new Frames();
  frames.next(now(0, {}));
  const told = frames.next(now(500, { 'a.B': 1 }, { standing: undefined }));
  expect(told).toEqual({ at: '1970-01-01T00:00:00.500Z', ms: 500, events: { 'a.B': 1 }, latest: [] });
});

test('the page calls the governor silent when its instances do', () => {
  expect(WORD_MS_MAX).toBe(SILENT_MS);
});
