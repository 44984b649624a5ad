import { expect, inject, onTestFinished, test } from 'vitest';
import { connectBroker, mayAsk } from './connect.ts';
import { reconcile } from './admin.ts';
import { testBroker } from './test-broker.fixture.ts';
import { brokerPlan } from './topology.ts';
import { natsServerConfig } from './users.ts';

const hearing = (stream: string, durable: string) => ({
  stream,
  durable,
  entityTypes: [],
  from: 'beginning' as const,
  maxAckPending: 16,
  ackWaitMs: 5_000,
});

test('whether a user may ask is found out by asking as that user', async () => {
  const plan = brokerPlan([
    { service: 'orders', durables: [hearing('payments', 'orders')], schedules: false },
    { service: 'payments', durables: [hearing('orders', 'payments')], schedules: false },
  ]);
  const users = plan.users.map(({ name }) => ({ name, password: `secret of ${name}` }));
  const broker = await testBroker(inject('natsServerBin'), (at) => natsServerConfig({ plan, users, ...at }));
  onTestFinished(() => broker.close());
  const login = (user: string) => ({ url: broker.url, name: 'test', user, password: `secret of ${user}` });
  const admin = await connectBroker(login('admin'));
  onTestFinished(() => admin.close());
  await reconcile(admin, plan);

  const [own, others] = ['$JS.API.CONSUMER.INFO.EVENTS_ORDERS.payments', '$JS.API.STREAM.INFO.EVENTS_ORDERS'];
  expect(await mayAsk(login('payments'), [own])).toBe(true);
  expect(await mayAsk(login('payments'), [own, others])).toBe(false);
  expect(await mayAsk({ ...login('payments'), password: 'wrong' }, [own])).toBe(false);
});
