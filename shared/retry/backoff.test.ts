import { hash } from '@refrain/contract-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, JITTER } from './backoff.ts';

const rule = fc
  .record({
    attempts: fc.integer({ min: 1, max: 50 }),
    firstDelayMs: fc.integer({ min: 1, max: 5_000 }),
    factor: fc.integer({ min: 1, max: 1_000 }),
  })
  .map(({ attempts, firstDelayMs, factor }) => ({
    attempts,
    firstDelayMs,
    maxDelayMs: firstDelayMs * factor,
  }));
const parts = fc.record({ rule, operationId: fc.string(), attempt: fc.integer({ min: 1, max: 1_000 }) });

describe('backoff', () => {
  it('gives the same delay for the same operation and attempt', () => {
    fc.assert(fc.property(parts, (p) => backoffMs(p) === backoffMs({ ...p })));
    const sample = {
      rule: { attempts: 8, firstDelayMs: 200, maxDelayMs: 30_000 },
      operationId: 'operation',
      attempt: 3,
    };
    expect(backoffMs(sample)).toBe(854); // stored format: another value would move every parked operation
  });

  it('is never below the floor and never above the cap with its jitter', () => {
    fc.assert(
      fc.property(parts, (p) => {
        const delay = backoffMs(p);
        expect(delay).toBeGreaterThanOrEqual(p.rule.firstDelayMs);
        expect(delay).toBeLessThanOrEqual(Math.ceil(p.rule.maxDelayMs * (1 + JITTER)));
      }),
    );
  });

  it('never undercuts what the provider asked for', () => {
    fc.assert(
      fc.property(
        parts,
        fc.integer({ min: 0, max: 10_000_000 }),
        (p, retryAfterMs) => backoffMs({ ...p, retryAfterMs }) >= retryAfterMs,
      ),
    );
  });

  it('spreads 10,000 operations evenly over the jitter', () => {
    const flat = { attempts: 1, firstDelayMs: 1_000_000, maxDelayMs: 1_000_000 };
    const shares = Array.from(
      { length: 10_000 },
      (_, i) => (backoffMs({ rule: flat, operationId: hash(String(i)), attempt: 1 }) - 1_000_000) / 500_000,
    ).sort((a, b) => a - b);
    const distance = Math.max(
      ...shares.map((share, i) => Math.max(Math.abs(share - i / 10_000), Math.abs(share - (i + 1) / 10_000))),
    );
    expect(distance).toBeLessThan(0.02); // Kolmogorov-Smirnov
  });
});
