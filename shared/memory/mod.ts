export { MemoryBroker, type MemoryBrokerOptions } from './memory-broker.ts';
export { MemoryClient } from './memory-client.ts';
export { VirtualClock } from './virtual-clock.ts';
export { noTroubles, type Trouble, type Troubles } from './troubles.ts';
