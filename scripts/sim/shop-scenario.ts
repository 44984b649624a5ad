import { recoverWorld, type Run, type Scenario } from '@refrain/simulation';
import { serviceNames } from '../cli/supervisor/found-services.ts';
import { drawPeople } from './people.ts';
import { providerFaults } from './provider-faults.ts';
import { drawOrders } from './shop-load.ts';
import { ShopStage } from './shop-stage.ts';

const stageOf = (run: Run): ShopStage => run.stage as ShopStage;

/** The whole shop, governed, two processes of everything. */
export const shop: Scenario = {
  name: 'shop',
  services: serviceNames,
  instances: 2,
  others: ['governor'],
  faults: providerFaults((run) => stageOf(run).provider),
  newer: [
    { service: 'orders', type: 'OrderPaid', readers: [] },
    { service: 'payments', type: 'ChargeRequested', readers: [] },
    { service: 'payments', type: 'ChargeCaptured', readers: ['orders'] },
    { service: 'inventory', type: 'ReservationRequested', readers: [] },
    { service: 'inventory', type: 'ReservationConfirmed', readers: ['orders'] },
    { service: 'notifications', type: 'MailRequested', readers: [] },
  ],
  recover: (run, id) => recoverWorld(run.world, run.definitions(), id),
  drawLoad: drawOrders,
  drawPeople,
  begin: (run) => new ShopStage(run),
};
