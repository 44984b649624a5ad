import { openDoor } from '@refrain/http';
import { runService } from '@refrain/process';
import { invoicesService } from './service.ts';

const folder = process.env['INVOICES'] ?? 'invoices';

await runService(
  {
    service: 'invoices',
    define: () => invoicesService(folder),
    door: async (_, health) => openDoor(health),
  },
  process.env,
);
