import { Agent } from 'node:http';
import { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { failureOf, intentOf, oneRequestPerCall, openPsp, stripeClient } from './psp.fixture.ts';

const keepAlive = () => new Agent({ keepAlive: true });

test.each([
  ['the client as it comes repeats a call whose connection closed', undefined, 2],
  ['so it does without keep-alive', Stripe.createNodeHttpClient(new Agent({ keepAlive: false })), 2],
  ['over fetch one call is one request', Stripe.createFetchHttpClient(), 1],
  [
    'over node:http with the error under another code one call is one request',
    oneRequestPerCall(Stripe.createNodeHttpClient(keepAlive())),
    1,
  ],
])('%s', async (_, httpClient, requests) => {
  const { url, calls, setFaults } = await openPsp();
  await setFaults({ mode: 'down' });
  const stripe = stripeClient(url, { httpClient: httpClient ?? Stripe.createNodeHttpClient() });
  expect(await failureOf(intentOf(stripe))).toMatchObject({ type: 'StripeConnectionError' });
  expect(await calls()).toHaveLength(requests);
});
