/** A value of OTEL_TRACES_SAMPLER. */
export type Sampler = `${'' | 'parentbased_'}${'always_on' | 'always_off' | 'traceidratio'}`;

/** Which traces are told. */
export interface Sampling {
  /** By the id alone, so in every process the same. `parent`: what a stranger says that it decided. */
  isSampled(traceId: string, parent: boolean | undefined): boolean;
  /** Whether what must not be missed is told all the same. Not where somebody wants no traces. */
  readonly keeps: boolean;
}

/**
 * What OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG (a share, 0 to 1) ask for. The share is taken of the
 * last 52 bits of the trace id, which are random by W3C Trace Context, as other tools of OpenTelemetry do.
 */
export function samplingOf(sampler: Sampler, share: number): Sampling {
  const isIn = (traceId: string): boolean => Number.parseInt(traceId.slice(-13), 16) >= (1 - share) * 2 ** 52;
  const whole = sampler.endsWith('always_on');
  const none = sampler.endsWith('always_off');
  const byId = (traceId: string): boolean => whole || (!none && isIn(traceId));
  const asksParent = sampler.startsWith('parentbased_');
  return {
    isSampled: (traceId, parent) => (asksParent && parent !== undefined ? parent : byId(traceId)),
    keeps: !none,
  };
}
