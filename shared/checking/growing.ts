/** Whole numbers one after the other, without an object for each. */
export class Numbers {
  #held = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(i: number): number {
    return this.#held[i] as number;
  }

  push(...numbers: readonly number[]): void {
    for (const number of numbers) this.#push(number);
  }

  pushAll(numbers: Int32Array): void {
    for (const number of numbers) this.#push(number);
  }

  slice(from: number, to: number): Int32Array {
    return this.#held.subarray(from, to);
  }

  #push(number: number): void {
    if (this.#length === this.#held.length) {
      const larger = new Int32Array(this.#held.length * 2);
      larger.set(this.#held);
      this.#held = larger;
    }
    this.#held[this.#length++] = number;
  }
}
