import { notifications } from '@refrain/contract-notifications';
import { service } from '@refrain/runtime';
import { effects } from './effects.ts';
import type { MailGateway } from './gateway.ts';
import { mail } from './mail.ts';
import { reactions } from './reactions.ts';

/** One mail per order, when it has settled. `gateway`: who carries it. */
export const notificationsService = ({ gateway }: { gateway: MailGateway }) =>
  service({ contract: notifications, deciders: [mail], reactions, effects: effects(gateway) });
