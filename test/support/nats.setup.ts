import type { TestProject } from 'vitest/node';
import { startNats } from './nats.ts';
import './provided.ts';

/** One server with JetStream for all tests of the project; it takes its store with it when it goes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const nats = await startNats();
  project.provide('natsUrl', nats.url);
  project.provide('natsServerBin', nats.bin);
  return nats.stop;
}
