/** A process dies at a point, once it has passed so many others. */
export interface Trap {
  readonly kind: string;
  readonly backMs: number;
  /** Points still to be passed. */
  calls: number;
}

/** The first process that comes to this very point, after so many times, dies there. */
export interface PointTrap extends Trap {
  readonly label: string;
}
