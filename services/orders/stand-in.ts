import { DEADLINE_S_DEFAULT } from './deadline.ts';
import { ordersService } from './service.ts';

/** Orders as it is when nobody says otherwise. */
export const standIn = () => ordersService({ deadlineMs: DEADLINE_S_DEFAULT * 1_000 });
