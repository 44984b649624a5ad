export { chanceOf } from './chance.ts';
export { type Faults, type Instance, World, type WorldOptions } from './world.ts';
