import { Pill, type Tone } from './pill.tsx';

const tones: Readonly<Record<string, Tone>> = {
  // Of an order.
  placed: 'active',
  cancelling: 'warn',
  completed: 'good',
  cancelled: 'quiet',
  // Of an operation.
  open: 'active',
  parked: 'held',
  waiting: 'warn',
  defect: 'bad',
  closed: 'good',
  // Of an errand.
  running: 'active',
  done: 'good',
  failed: 'bad',
  stopped: 'quiet',
};

/** How an order, an operation or an errand stands. */
export const Status = ({ status }: { status: string }) => (
  <Pill tone={tones[status] ?? 'quiet'}>{status}</Pill>
);
