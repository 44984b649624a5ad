import { openDoor } from '@refrain/http';
import { runService } from '@refrain/process';
import { smtpGateway } from './gateway.smtp.ts';
import { notificationsService } from './service.ts';

await runService(
  {
    service: 'notifications',
    define: () => notificationsService({ gateway: smtpGateway({ url: process.env['SMTP_URL'] ?? '' }) }),
    door: async (_, health) => openDoor(health),
  },
  process.env,
);
