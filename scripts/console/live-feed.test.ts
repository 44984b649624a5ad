import { LISTENERS_MAX } from '@refrain/console/api';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Line, LiveFeed, WAITING_BYTES_MAX } from './live-feed.ts';
import { LogFollower } from './log-follower.ts';

/** A listener; `reads: false` takes nothing out of what waits for it. */
class FakeLine extends EventEmitter implements Line {
  readonly written: string[] = [];
  readonly #reads: boolean;
  writableLength = 0;
  destroyed = false;

  constructor(reads = true) {
    super();
    this.#reads = reads;
  }

  write(text: string): void {
    this.written.push(text);
    if (!this.#reads) this.writableLength += 100_000;
  }

  end(): void {
    this.emit('close');
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function open({ log = async () => fakeLog, padding = '' } = {}) {
  const told: string[] = [];
  let turns = 0;
  const standing = {
    // Something is different each time, so that each turn has a frame.
    read: async () => ({
      processes: [{ name: 'orders', pid: turns++, url: padding, status: 'ready' as const }],
      services: [],
      matters: [],
      words: [],
      missing: [],
    }),
  };
  const feed = new LiveFeed({
    shop: { log } as never,
    standing,
    follower: new LogFollower(['orders']),
    tell: (text) => told.push(text),
    everyMs: 10,
  });
  void feed.run();
  onTestFinished(() => feed.stop());
  return { feed, told };
}
const fakeLog = { log: { read: async () => [], lastSequence: async () => 0 } };

test('everybody who listens gets the same frames, and who goes is forgotten', async () => {
  const { feed } = open();
  const [one, other] = [new FakeLine(), new FakeLine()];
  feed.listen(one);
  feed.listen(other);
  await vi.waitFor(() => expect(other.written.length).toBeGreaterThan(2));
  expect(one.written.at(-1)).toBe(other.written.at(-1));
  expect(one.written[0]).toMatch(/^event: frame\ndata: \{.*\}\n\n$/);
  one.emit('close');
  expect(feed.listeners).toBe(1);
});

test('who does not read is cut off, and the others go on', async () => {
  const { feed } = open();
  const [slow, quick] = [new FakeLine(false), new FakeLine()];
  feed.listen(slow);
  feed.listen(quick);
  await vi.waitFor(() => expect(slow.destroyed).toBe(true));
  expect(slow.writableLength).toBeGreaterThan(WAITING_BYTES_MAX);
  expect(slow.written.length).toBeLessThanOrEqual(3);
  const before = quick.written.length;
  await vi.waitFor(() => expect(quick.written.length).toBeGreaterThan(before));
  expect(feed.listeners).toBe(1);
});

test('a real connection that nobody reads is cut off, and holds no more than it may', async () => {
  const padding = 'x'.repeat(400_000);
  const { feed } = open({ padding });
  let most = 0;
  const server = createServer((_, response) => {
    feed.listen(response);
    const seen = setInterval(() => (most = Math.max(most, response.writableLength)), 5);
    response.on('close', () => clearInterval(seen));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.pause().write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await vi.waitFor(() => expect(feed.listeners).toBe(1));
  await vi.waitFor(() => expect(feed.listeners).toBe(0), { timeout: 10_000 });
  expect(most).toBeLessThan(WAITING_BYTES_MAX + 3 * padding.length);
  socket.destroy();
});

test('as many listen as can, and a feed that stops ends all of them', () => {
  const { feed } = open();
  const lines = Array.from({ length: LISTENERS_MAX }, () => new FakeLine());
  expect(lines.every((line) => feed.listen(line))).toBe(true);
  expect(feed.listen(new FakeLine())).toBe(false);
  feed.stop();
  expect(feed.listeners).toBe(0);
});

test('a broker that is away is told once, and so is that it is back', async () => {
  let isAway = true;
  const { feed, told } = open({
    log: async () => {
      if (isAway) throw new Error('away');
      return fakeLog;
    },
  });
  feed.listen(new FakeLine());
  await sleep(60);
  isAway = false;
  await vi.waitFor(() => expect(told).toHaveLength(2));
  expect(told).toEqual(['the shop cannot be followed: away', 'the shop is followed again']);
});
