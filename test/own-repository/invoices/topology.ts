import { topologyOf } from '@refrain/runtime';
import { invoicesService } from './service.ts';

// What the service needs of the broker: its streams, what it hears, what it may do.
console.log(JSON.stringify(topologyOf(invoicesService('invoices')), undefined, 2));
