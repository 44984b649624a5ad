import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TroubledLink, troubledLink } from './troubled-link.ts';

let echo: Server;
let link: TroubledLink;
const clients: Socket[] = [];
beforeEach(async () => {
  echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  link = await troubledLink((echo.address() as { port: number }).port);
});
afterEach(async () => {
  for (const socket of clients.splice(0)) socket.destroy();
  await link.close();
  echo.close();
});

/** A client that notes what came back and whether it is still connected. */
async function client(): Promise<{ say: (text: string) => void; heard: () => string; open: () => boolean }> {
  const socket = connect(link.port, '127.0.0.1').on('error', () => {});
  clients.push(socket);
  let heard = '';
  let open = true;
  socket.on('data', (data) => void (heard += String(data))).on('close', () => void (open = false));
  await once(socket, 'connect');
  return { say: (text) => void socket.write(text), heard: () => heard, open: () => open };
}

test('passes everything as long as nobody troubles it', async () => {
  const one = await client();
  one.say('hello');
  await expect.poll(one.heard).toBe('hello');
  expect(link.carried()).toBe(1);
});

test('cut, it closes what is open and what is opened, and after healing takes connections again', async () => {
  const before = await client();
  link.trouble({ kind: 'cut' });
  await expect.poll(before.open).toBe(false);
  const during = await client();
  await expect.poll(during.open).toBe(false);
  link.heal();
  const after = await client();
  after.say('again');
  await expect.poll(after.heard).toBe('again');
});

test('slow, it delivers all of it, later', async () => {
  const one = await client();
  link.trouble({ kind: 'slow', ms: 150 });
  const fromMs = performance.now();
  one.say('late');
  await expect.poll(one.heard, { interval: 5 }).toBe('late');
  expect(performance.now() - fromMs).toBeGreaterThanOrEqual(295);
});

test('half-open, it keeps connections and says nothing; what lost something is closed by healing', async () => {
  const [talking, quiet] = [await client(), await client()];
  link.trouble({ kind: 'half-open' });
  const during = await client();
  for (const one of [talking, during]) one.say('into the void');
  await sleep(100);
  expect([talking, quiet, during].map((one) => [one.heard(), one.open()])).toEqual([
    ['', true],
    ['', true],
    ['', true],
  ]);
  link.heal();
  await expect.poll(() => [talking, quiet, during].map((one) => one.open())).toEqual([false, true, false]);
  quiet.say('still here');
  await expect.poll(quiet.heard).toBe('still here');
});
