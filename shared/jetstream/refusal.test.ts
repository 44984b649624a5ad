import { expect, test } from 'vitest';
import { refusalOfReply } from './refusal.ts';

test('a refused read tells the status of the reply, and nothing of its headers', () => {
  const header = 'NATS/1.0 408 Bad Request\r\nNats-Subject: events.orders.07.order.o1\r\n\r\n';
  const { message } = refusalOfReply('a read of "word.psp"', header);
  expect(message).toContain('a read of "word.psp"');
  expect(message).toContain('Bad Request');
  expect(message).toContain('408');
  expect(message).not.toContain('Nats-Subject');
});
