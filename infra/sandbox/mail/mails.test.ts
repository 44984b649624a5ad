import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { failureOf, openMail } from './mail.fixture.ts';

test('an accepted mail is kept with whom it concerns', async () => {
  const { send, mails, calls } = await openMail();
  const sent = await send();
  expect(await mails()).toMatchObject([
    {
      messageId: '<operation-1@refrain.local>',
      to: 'ada@example.com',
      subject: 'Your order is complete',
      orderId: 'order-1',
      operationId: 'operation-1',
      correlationId: 'flow-1',
      headers: { from: 'shop@refrain.local', 'x-refrain-order-id': 'order-1' },
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
  expect(sent.messageId).toBe('<operation-1@refrain.local>');
  expect(await calls()).toEqual(['connect ok 220', 'data ok 250']);
});

test('a mail that comes twice is there twice', async () => {
  const { send, mails } = await openMail();
  await send();
  await send();
  const received = await mails();
  expect(received.map(({ messageId }) => messageId)).toEqual(Array(2).fill('<operation-1@refrain.local>'));
});

test('the envelope says who gets it, and a long subject with any letters is read', async () => {
  const { send, mails } = await openMail();
  const subject = `Ihre Bestellung 茶 ist vollständig: ${'Grüner Tee, '.repeat(12)}fertig`;
  await send({ to: ['ada@example.com', 'bo@example.com'], bcc: 'audit@example.com', subject });
  expect(await mails()).toMatchObject([
    { to: 'ada@example.com, bo@example.com, audit@example.com', subject },
  ]);
});

test('a body that looks like headers is not read as headers', async () => {
  const { send, mails } = await openMail();
  await send({ text: 'X-Refrain-Order-Id: order-9', headers: {} });
  expect(await mails()).toMatchObject([{ orderId: null }]);
});

test('a message above one megabyte is refused and not kept', async () => {
  const { send, mails, calls } = await openMail();
  const failure = await failureOf(send({ text: 'a line of tea\n'.repeat(90_000) }));
  expect(failure.responseCode).toBe(552);
  expect(await mails()).toEqual([]);
  expect(await calls()).toEqual(['connect ok 220', 'data bad_request 552']);
});

test('it announces the size, and offers neither a login nor encryption', async () => {
  const { smtpUrl } = await openMail();
  const socket = connect(Number(new URL(smtpUrl).port), '127.0.0.1');
  socket.end('EHLO a\r\nQUIT\r\n');
  const heard = await text(socket);
  expect(heard).toContain('SIZE 1048576');
  expect(heard).not.toMatch(/AUTH|STARTTLS/);
});
