import { inventory } from '@refrain/contract-inventory';
import type { ContractInfo } from '@refrain/contract-kit';
import { notifications } from '@refrain/contract-notifications';
import { orders } from '@refrain/contract-orders';
import { payments } from '@refrain/contract-payments';

/** What each service of the shop promises, by its name. */
export const contracts: Readonly<Record<string, ContractInfo>> = {
  orders: orders.$contract,
  payments: payments.$contract,
  inventory: inventory.$contract,
  notifications: notifications.$contract,
};
