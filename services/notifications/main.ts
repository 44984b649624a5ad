import { openDoor } from '@refrain/http';
import { runService, settingOf } from '@refrain/process';
import { z } from 'zod';
import { smtpGateway } from './gateway.smtp.ts';
import { notificationsService } from './service.ts';

const smtpUrl = z.url({ protocol: /^smtps?$/, error: 'expected smtp://host:port' });

await runService(
  {
    service: 'notifications',
    define: () =>
      notificationsService({ gateway: smtpGateway({ url: settingOf(process.env, 'SMTP_URL', smtpUrl) }) }),
    door: async (_, health) => openDoor(health),
  },
  process.env,
);
