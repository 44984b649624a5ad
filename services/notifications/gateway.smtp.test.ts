import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Call } from '@refrain/runtime';
import { expect, onTestFinished, test } from 'vitest';
import { smtpGateway } from './gateway.smtp.ts';

const letter = { orderId: 'ord-7', to: 'ada@example.org', subject: 'Your order', text: 'Thank you.' };
const call = (signal = new AbortController().signal): Call => ({
  key: 'op.1.send',
  keyOf: (step) => `op.1.${step}`,
  operationId: 'op',
  correlationId: 'flow',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal,
  note: () => {},
});

type Answers = Partial<
  Record<'greeting' | 'MAIL' | 'RCPT' | 'DATA' | 'text', string | ((socket: Socket) => void)>
>;

/** A mail server that says what it is told to at each step, and keeps the texts. */
async function openServer(answers: Answers = {}) {
  const texts: string[] = [];
  const usual = { greeting: '220 hi', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go on', text: '250 kept' };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const say = (step: keyof typeof usual): void => {
      const answer = answers[step] ?? usual[step];
      if (typeof answer === 'string') socket.write(`${answer}\r\n`);
      else answer(socket);
    };
    let text: string | undefined;
    socket.on('data', (chunk: Buffer) => {
      if (text !== undefined) {
        text += chunk.toString();
        if (!text.endsWith('\r\n.\r\n')) return;
        texts.push(text);
        text = undefined;
        return say('text');
      }
      for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
        const command = line.slice(0, 4);
        if (command === 'DATA')
          text = answers.DATA === undefined || String(answers.DATA).startsWith('3') ? '' : undefined;
        if (command === 'MAIL' || command === 'RCPT' || command === 'DATA') say(command);
        else socket.write('250 ok\r\n');
      }
    });
    say('greeting');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const close = () => new Promise<void>((closed) => server.close(() => closed()));
  onTestFinished(() => void server.close());
  return {
    gateway: smtpGateway({ url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    texts,
    close,
  };
}

test('a mail says which operation of which flow it belongs to', async () => {
  const { gateway, texts } = await openServer();
  await gateway.send(letter, call());
  expect(texts).toHaveLength(1);
  for (const header of [
    'Message-ID: <op@refrain.local>',
    'X-Refrain-Order-Id: ord-7',
    'X-Refrain-Operation-Id: op',
    'Refrain-Correlation-Id: flow',
  ])
    expect(texts[0]?.toLowerCase()).toContain(`${header.toLowerCase()}\r\n`);
});

const reset = (socket: Socket): void => void socket.resetAndDestroy();
const hangUp = (socket: Socket): void => void socket.end();

test.each<[string, Answers, string]>([
  ['a server that is busy', { greeting: '421 later' }, 'mail_busy'],
  ['a sender that is held off', { MAIL: '450 too many' }, 'mail_busy'],
  ['an address that is refused', { RCPT: '550 nobody of that name' }, 'mail_rejected'],
  ['a text that is not taken', { DATA: '451 not now' }, 'mail_busy'],
  ['a connection that closes at once', { greeting: hangUp }, 'mail_unsent'],
  ['a connection that closes before the text', { RCPT: reset }, 'mail_unsent'],
])('%s: the mail has not gone out', async (_, answers, failure) => {
  const { gateway } = await openServer(answers);
  await expect(gateway.send(letter, call())).rejects.toMatchObject({ name: 'MailFault', failure });
});

test.each<[string, Answers]>([
  ['a connection that closes after the text', { text: reset }],
  ['a connection that is closed politely after the text', { text: hangUp }],
  ['a server that goes away after the text', { text: '421 going down' }],
  ['a server that refuses the text when it has it', { text: '554 not like this' }],
])('%s: nobody knows what became of the mail', async (_, answers) => {
  const { gateway, texts } = await openServer(answers);
  await expect(gateway.send(letter, call())).rejects.toMatchObject({ failure: 'mail_unknown' });
  expect(texts).toHaveLength(1);
});

test.each<[string, Answers]>([
  ['a refusal that the contract knows', { RCPT: '550 5.1.1 <ada@example.org>: nobody of that name' }],
  ['a refusal of the text', { text: '554 not for ada@example.org' }],
])('%s is told without the address it names', async (_, answers) => {
  const { gateway } = await openServer(answers);
  const error = (await gateway.send(letter, call()).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toMatch(/55[04]/);
  expect(error.message).not.toContain('ada@example.org');
});

test('where nobody listens, nothing went out', async () => {
  const { gateway, close } = await openServer();
  await close();
  await expect(gateway.send(letter, call())).rejects.toMatchObject({ failure: 'mail_refused' });
});

test('an address that is none is refused without asking anybody', async () => {
  const { gateway } = await openServer();
  await expect(gateway.send({ ...letter, to: '' }, call())).rejects.toMatchObject({
    failure: 'mail_rejected',
  });
});

test.each<[string, Answers, string]>([
  ['before the text', { MAIL: () => {} }, 'mail_unsent'],
  ['after the text', { text: () => {} }, 'mail_unknown'],
])('the sending ends with the time of its attempt, %s', async (_, answers, failure) => {
  const { gateway } = await openServer(answers);
  await expect(gateway.send(letter, call(AbortSignal.timeout(100)))).rejects.toMatchObject({ failure });
});
