import * as crypto from 'node:crypto';

/** Words of 32 bits in a slot: the first 128 bits of a SHA-256, and the number it was given, from 1. */
const SLOT = 5;

/** A table is made larger when so much of it is taken. */
const FULL = 0.6;

/**
 * Which states were seen, by 16 bytes of each: 20 bytes a state, and a third of it empty. Two states with
 * one digest would be taken for one, which at ten million states has a chance of 1 in 10^24.
 */
export class DigestTable {
  #slots = new Uint32Array(SLOT * 4096);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a state from 0, in the order they came; negative, `~number`, where it was seen before. */
  add(state: Int32Array): number {
    const digest = crypto.hash('sha256', state, 'buffer');
    const words = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as [number, number, number, number];
    if (this.#size >= (this.#slots.length / SLOT) * FULL) this.#grow();
    const at = this.#find(this.#slots, words);
    const number = this.#slots[at + 4] as number;
    if (number > 0) return ~(number - 1);
    this.#slots.set([...words, this.#size + 1], at);
    return this.#size++;
  }

  #find(slots: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): number {
    const count = slots.length / SLOT;
    for (let slot = a % count; ; slot = (slot + 1) % count) {
      const at = slot * SLOT;
      if (slots[at + 4] === 0) return at;
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) return at;
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += SLOT) {
      if (this.#slots[at + 4] === 0) continue;
      const slot = this.#slots.subarray(at, at + SLOT);
      const words = [...slot.subarray(0, 4)] as [number, number, number, number];
      larger.set(slot, this.#find(larger, words));
    }
    this.#slots = larger;
  }
}
