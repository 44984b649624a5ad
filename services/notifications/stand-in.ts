import { notificationsService } from './service.ts';

/** Notifications with a mail server that takes every mail and keeps none. */
export const standIn = () => notificationsService({ gateway: { send: async () => {} } });
