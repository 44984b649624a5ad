/** Shares that several faults raise at the same time: the highest counts, and what ends leaves the others. */
export class Shares<K extends string> {
  readonly #raised: { readonly kind: K; readonly share: number }[] = [];
  readonly #onChange: (kind: K, share: number) => void;

  constructor(onChange: (kind: K, share: number) => void) {
    this.#onChange = onChange;
  }

  /** Returns what ends it. */
  raise(kind: K, share: number): () => void {
    const one = { kind, share };
    this.#raised.push(one);
    this.#tell(kind);
    return () => {
      const i = this.#raised.indexOf(one);
      if (i >= 0) this.#raised.splice(i, 1);
      this.#tell(kind);
    };
  }

  #tell(kind: K): void {
    const shares = this.#raised.filter((one) => one.kind === kind).map(({ share }) => share);
    this.#onChange(kind, Math.max(0, ...shares));
  }
}
