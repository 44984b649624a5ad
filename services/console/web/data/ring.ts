/** The last `size` items, oldest first: what a live page keeps must not grow with time. */
export class Ring<T> {
  readonly #size: number;
  #items: T[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  push(item: T): void {
    // A new array, so that who renders sees that it is another one; it is never longer than `size`.
    this.#items = [...this.#items.slice(-(this.#size - 1)), item];
  }

  replaceLast(item: T): void {
    this.#items = [...this.#items.slice(0, -1), item];
  }

  get last(): T | undefined {
    return this.#items.at(-1);
  }

  get items(): readonly T[] {
    return this.#items;
  }
}
