import { notifications } from '@refrain/contract-notifications';
import { given, lawsOf, readSamples, type Story } from '@refrain/testing';
import { test } from 'vitest';
import { type Mail, mail } from './mail.ts';

const orderId = 'ord-7';
const letter = { orderId, customer: { email: 'ada@example.org' }, about: 'completed' } as const;
const requested = notifications.MailRequested(letter);
const sent = notifications.MailSent({ orderId });
const unresolved = notifications.MailUnresolved({ orderId });
const request = mail.request(letter);
const recordSent = mail.recordSent({ orderId });

test('an order gets one mail', () => {
  given(mail).when(request).records(requested);
  given(mail, requested)
    .when(mail.request({ ...letter, about: 'cancelled' }))
    .recordsNothing();
  given(mail, requested, sent).when(request).recordsNothing();
});

test('where the order is lost there is nobody to write to', () => {
  given(mail)
    .when(mail.request({ ...letter, customer: { email: '' } }))
    .recordsNothing();
});

test('that it was sent counts, also when it was given up before', () => {
  given(mail, requested).when(recordSent).records(sent);
  given(mail, requested, unresolved).when(recordSent).records(sent);
});

const stories: Story[] = [
  { name: 'sent', arrivals: [request], answers: { MailRequested: () => [recordSent] } },
  {
    name: 'sent after giving up',
    arrivals: [request],
    answers: { MailRequested: () => [unresolved, recordSent] },
  },
];

test.each(
  lawsOf({
    decider: mail,
    stories,
    samples: readSamples(new URL('contract/samples/', import.meta.url)),
    outcome: ({ status }: Mail) => status,
    successes: [{ command: recordSent, isRecordedBy: ({ type }) => type === 'MailSent' }],
  }),
)('mail: %s', (_, law) => law());
