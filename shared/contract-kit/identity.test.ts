import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import {
  eventIdOf,
  hash,
  hexOfHash,
  operationIdOf,
  orderIdOf,
  partitionOf,
  requestHashOf,
} from './identity.ts';

describe('identity', () => {
  it('is the first 128 bits of SHA-256 over the JSON array, in lower-case base32', () => {
    // printf '["a","b"]' | sha256sum | cut -c1-32 | xxd -r -p | base32 | tr -d = | tr A-Z a-z
    expect(hash('a', 'b')).toBe('arz66loa2mskwzm5gwamce2otu');
    expect(hexOfHash(hash('a', 'b'))).toBe('0473ef2dc0d324ab659d3580c1134e9d');
  });

  it('tells apart what only the borders of its parts tell apart', () => {
    expect(hash('a', 'b')).not.toBe(hash('ab'));
    expect(hash('a', '')).not.toBe(hash('', 'a'));
  });

  it('gives every partition from 00 to 63 its share', () => {
    const seen = new Set(Array.from({ length: 2_000 }, (_, i) => partitionOf(`order-${i}`)));
    expect([...seen].sort()).toEqual(Array.from({ length: 64 }, (_, i) => String(i).padStart(2, '0')));
  });

  it('names an operation by what is done, and an event by why', () => {
    const entity = { platformId: 'p', service: 's', entityType: 't', entityId: 'e' };
    const operation = { ...entity, effect: 'refund', ordinal: 0 };
    expect(operationIdOf(operation)).toBe(operationIdOf({ ...operation }));
    expect(operationIdOf(operation)).not.toBe(operationIdOf({ ...operation, ordinal: 1 }));
    const event = { ...entity, cause: 'c', reaction: 'r', type: 'T', index: 0 };
    for (const other of [{ cause: 'd' }, { reaction: 'q' }, { type: 'U' }, { index: 1 }, { platformId: 'q' }])
      expect(eventIdOf({ ...event, ...other })).not.toBe(eventIdOf(event));
  });

  it('gives the same order for the same client and key only', () => {
    const order = { platformId: 'p', client: 'shop', idempotencyKey: 'k' };
    expect(orderIdOf(order)).toBe(orderIdOf({ ...order }));
    expect(orderIdOf(order)).not.toBe(orderIdOf({ ...order, client: 'other' }));
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and keeps the order of lists', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(requestHashOf({ a: [1, 2] })).not.toBe(requestHashOf({ a: [2, 1] }));
  });

  it('writes what RFC 8785 writes', () => {
    expect(canonicalJson({ b: 1e21, a: '€\n', c: [true, null], d: undefined })).toBe(
      '{"a":"€\\n","b":1e+21,"c":[true,null]}',
    );
  });
});
