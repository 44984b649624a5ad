import { openDoor } from '@refrain/http';
import { runService } from '@refrain/process';
import { stripeGateway } from './gateway.stripe.ts';
import { paymentsService } from './service.ts';

const gateway = () =>
  stripeGateway({ apiKey: process.env['STRIPE_API_KEY'] ?? '', url: process.env['PSP_URL'] });

await runService(
  {
    service: 'payments',
    define: () => paymentsService({ gateway: gateway() }),
    door: async (_, health) => openDoor(health),
  },
  process.env,
);
