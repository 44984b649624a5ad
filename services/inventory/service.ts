import { inventory } from '@refrain/contract-inventory';
import { service } from '@refrain/runtime';
import { hot, outside, reactions } from './reactions.ts';
import { receipt } from './receipt.ts';
import { reservation } from './reservation.ts';

/** The shelf: reservations and receipts of the flow, one warehouse that answers them. */
export const inventoryService = () =>
  service({ contract: inventory, deciders: [reservation, receipt], reactions, hot, told: outside });
