import type { TestProject } from 'vitest/node';
import './provided.ts';
import { startShop } from './shop.ts';

/** One fresh shop for all tests of the project, started through the CLI as a user would. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shop = await startShop('--fresh');
  project.provide('shop', { refrainData: shop.refrainData, portBase: shop.portBase });
  return shop.stop;
}
