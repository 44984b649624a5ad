import { chanceOf } from './chance.ts';

/** Draws from one seed. What is drawn for one purpose does not shift what is drawn for another. */
export class Dice {
  readonly #chance: () => number;

  constructor(seed: number, purpose: number) {
    this.#chance = chanceOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(purpose, 0x85ebca6b));
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.#chance() * (max - min + 1));
  }

  /** @throws when there is nothing to pick from. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from');
    return list[this.integer(0, list.length - 1)] as T;
  }

  /** A share, in hundredths, so that it reads well. */
  share(min: number, max: number): number {
    return this.integer(Math.round(min * 100), Math.round(max * 100)) / 100;
  }
}
