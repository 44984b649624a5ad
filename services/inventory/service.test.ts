import { expect, test } from 'vitest';
import { inventoryService } from './service.ts';
import { warehouse } from './warehouse.ts';

const [answering] = inventoryService().hot;
const data = { orderId: 'ord-7', lines: [] };

test('a reservation that nothing can decide is refused, any other request is a defect', () => {
  expect(answering?.onDefect?.({ type: 'ReservationRequested', data })).toEqual(
    warehouse.refuse({ orderId: 'ord-7', lines: [] } as never),
  );
  expect(answering?.onDefect?.({ type: 'ReleaseRequested', data })).toBeUndefined();
  expect(answering?.onDefect?.({ type: 'ReceiptRequested', data })).toBeUndefined();
});
