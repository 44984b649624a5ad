import { personalPaths } from '@refrain/contract-kit';
import { expect, test } from 'vitest';
import { notifications } from './index.ts';

test('the address of a customer is personal wherever it stands, and nothing else is', () => {
  const { events } = notifications.$contract;
  const personal = Object.entries(events).filter(([, { shape }]) => personalPaths(shape).length > 0);
  expect(personal.map(([type]) => type)).toEqual(['MailRequested']);
  for (const [, { shape }] of personal) expect(personalPaths(shape)).toEqual(['customer.email']);
});
