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
  /** The digest that was taken last, as words. */
  readonly #words = new Uint32Array(8);
  readonly #bytes = Buffer.from(this.#words.buffer);

  get size(): number {
    return this.#size;
  }

  /** The number of a state from 0, in the order they came; negative, `~number`, where it was seen before. */
  add(state: Int32Array): number {
    // Through a string: Node makes one of a digest several times as fast as a buffer.
    this.#bytes.write(crypto.hash('sha256', state, 'binary'), 'latin1');
    if (this.#size >= (this.#slots.length / SLOT) * FULL) this.#grow();
    const at = find(this.#slots, this.#words, 0);
    const number = this.#slots[at + 4] as number;
    if (number > 0) return ~(number - 1);
    for (let i = 0; i < 4; i++) this.#slots[at + i] = this.#words[i] as number;
    this.#slots[at + 4] = ++this.#size;
    return this.#size - 1;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += SLOT) {
      if (this.#slots[at + 4] === 0) continue;
      larger.set(this.#slots.subarray(at, at + SLOT), find(larger, this.#slots, at));
    }
    this.#slots = larger;
  }
}

/** Where in `slots` the four words at `from` stand, or the free slot where they belong. */
function find(slots: Uint32Array, words: Uint32Array, from: number): number {
  const count = slots.length / SLOT;
  for (let slot = (words[from] as number) % count; ; slot = (slot + 1) % count) {
    const at = slot * SLOT;
    if (slots[at + 4] === 0) return at;
    let same = 0;
    while (same < 4 && slots[at + same] === words[from + same]) same++;
    if (same === 4) return at;
  }
}
