import { expect, test } from 'vitest';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('a traceparent is read, and written as it was read', () => {
  const text = `00-${traceId}-${spanId}-01`;
  expect(parseTraceparent(text)).toEqual({ traceId, spanId, flags: 1 });
  expect(formatTraceparent({ traceId, spanId, flags: 1 })).toBe(text);
});

test.each([
  '',
  `01-${traceId}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
])('"%s" is none', (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});
