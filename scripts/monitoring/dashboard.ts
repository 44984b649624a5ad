/** What a dashboard shows in one place: numbers as they are now, or their course. */
export interface Panel {
  readonly title: string;
  readonly kind: 'now' | 'course';
  /** As Grafana names it: `short`, `s`, `bytes`, `percentunit`, `currencyEUR`, `reqps`. */
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** From here on a number is red. */
  readonly redFrom?: number;
  readonly help: string;
}

export interface Dashboard {
  /** The file's name, and what Grafana finds it again by. */
  readonly name: string;
  readonly title: string;
  /** Names of labels that a person picks a value of; `$service` in queries. */
  readonly picks: readonly 'service'[];
  readonly panels: readonly Panel[];
}
