import type { TestProject } from 'vitest/node';
import './provided.ts';
import { startShop } from './shop.ts';

/** One fresh shop for all tests of the project, started through the CLI as a user would. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const { refrainData, portBase, stop } = await startShop('--fresh');
    project.provide('shop', { refrainData, portBase });
    return stop;
  } catch (error) {
    // Thrown from here it would end the whole run, with the tests of all other projects.
    project.provide('shop', { problem: error instanceof Error ? error.message : String(error) });
    return () => Promise.resolve();
  }
}
