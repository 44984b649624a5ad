import {
  drawPlan,
  faultKinds,
  type FaultKind,
  killAt,
  type Plan,
  pointsOf,
  type PointOutcome,
  type Outcome,
  simulate,
  usualSize,
} from '@refrain/simulation';
import { crowdPlan, isCrowd } from './crowd-plan.ts';
import { everyAwaitPlan } from './every-await-plan.ts';
import { shop } from './shop-scenario.ts';

/** How the plans of a row of seeds are drawn. */
export interface Drawing {
  readonly orders: number;
  /** The faults that may happen, by name; empty: all. */
  readonly faults: readonly string[];
}

/** The kinds of faults that a drawing is made from. @throws when a name is none. */
export function kindsOf({ faults }: Pick<Drawing, 'faults'>): readonly FaultKind[] {
  const drawn = faultKinds(shop).filter(({ draw }) => draw !== undefined);
  const unknown = faults.filter((name) => !drawn.some(({ kind }) => kind === name));
  if (unknown.length > 0)
    throw new RangeError(
      `no fault is called "${unknown.join('", "')}"; there are: ${drawn.map(({ kind }) => kind).join(', ')}`,
    );
  return faults.length === 0 ? drawn : drawn.filter(({ kind }) => faults.includes(kind));
}

/** The plan of a seed: always the same one. */
export const planOf = (seed: number, drawing: Drawing): Plan =>
  isCrowd(seed) && drawing.faults.length === 0
    ? crowdPlan(seed, kindsOf(drawing), drawing.orders)
    : drawPlan(shop, kindsOf(drawing), seed, { ...usualSize, load: drawing.orders });

/** What a worker is asked to do. */
export type Asked =
  | { readonly kind: 'seed'; readonly seed: number; readonly drawing: Drawing }
  | { readonly kind: 'point'; readonly label: string };

export type Answered = Outcome | PointOutcome;

/** Every point that the shop's processes come to in the small scenario. */
export const shopPoints = (): Promise<readonly string[]> => pointsOf(shop, everyAwaitPlan);

/** Does what a worker is asked for. */
export const answer = async (asked: Asked): Promise<Answered> =>
  asked.kind === 'seed'
    ? await simulate(shop, planOf(asked.seed, asked.drawing))
    : await killAt(shop, everyAwaitPlan, asked.label);
