import type { ContractInfo } from '@refrain/contract-kit';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';

/** What each service of the shop promises, by its name. */
export const contracts: Readonly<Record<string, ContractInfo>> = Object.fromEntries(
  shopDefinitions().map(({ contract: { $contract } }) => [$contract.service, $contract]),
);
