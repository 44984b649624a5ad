import { inventory } from '@refrain/contract-inventory';
import { defineDecider } from '@refrain/decider';

interface Lines {
  orderId: string;
  lines: { sku: string; quantity: number }[];
}

/** What is known of one order's reservation. */
export interface Reservation {
  status: 'none' | 'unwanted' | 'requested' | 'confirmed' | 'rejected' | 'releasing' | 'released';
  /** Cancelled while the warehouse had not answered. */
  recalled: boolean;
  lines: Lines['lines'];
}

const initialState: Reservation = { status: 'none', recalled: false, lines: [] };

/** What one reservation decides. `[]` means: nothing to add. */
export const reservation = defineDecider(
  inventory,
  'reservation',
  initialState,
)({
  evolve: {
    ReservationRequested: (state, { lines }) => {
      state.status = 'requested';
      state.lines = lines;
    },
    ReservationConfirmed: (state) => {
      state.status = 'confirmed';
    },
    ReservationRejected: (state) => {
      state.status = 'rejected';
    },
    ReservationUnwanted: (state) => {
      state.status = 'unwanted';
    },
    ReservationRecalled: (state) => {
      state.recalled = true;
    },
    ReleaseRequested: (state) => {
      state.status = 'releasing';
    },
    ReservationReleased: (state) => {
      state.status = 'released';
    },
  },
  decide: {
    request: (state, { orderId, lines }: Lines) => {
      if (state.status !== 'none') return []; // the cancellation may have come first
      const asked = lines.map(({ sku, quantity }) => ({ sku, quantity }));
      return [inventory.ReservationRequested({ orderId, lines: asked })];
    },
    cancel: (state, { orderId, reason }: { orderId: string; reason: string }) => {
      switch (state.status) {
        case 'none':
          return [inventory.ReservationUnwanted({ orderId })];
        case 'requested':
          return state.recalled ? [] : [inventory.ReservationRecalled({ orderId, reason })];
        case 'confirmed':
          return [inventory.ReleaseRequested({ orderId, lines: state.lines })];
        default:
          return [];
      }
    },
    // The goods are set aside. What nobody wants any more is released after the answer, never before.
    confirm: (state, { orderId, lines }: Lines) => {
      switch (state.status) {
        case 'requested':
          return state.recalled
            ? [inventory.ReleaseRequested({ orderId, lines })]
            : [inventory.ReservationConfirmed({ orderId })];
        case 'confirmed':
        case 'releasing':
        case 'released':
          return []; // on record
        default:
          return [inventory.ReleaseRequested({ orderId, lines })];
      }
    },
    reject: (state, { orderId, reason }: { orderId: string; reason: 'out_of_stock' | 'defect' }) =>
      state.status === 'requested' ? [inventory.ReservationRejected({ orderId, reason })] : [],
    recordRelease: (state, { orderId }: { orderId: string }) =>
      state.status === 'released' ? [] : [inventory.ReservationReleased({ orderId })],
  },
});
