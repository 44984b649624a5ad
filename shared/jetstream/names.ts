/** `SCHEDULES_PAYMENTS`: the alarm clocks of a service. */
export const scheduleStreamOf = (service: string): string =>
  `SCHEDULES_${service.toUpperCase().replaceAll('-', '_')}`;

/** Where an operation's alarm is set. STORED FORMAT. */
export const alarmSubject = (service: string, operation: string): string =>
  `schedules.${service}.at.${operation}`;

/** Where it fires. STORED FORMAT. */
export const dueSubject = (service: string, operation: string): string =>
  `schedules.${service}.due.${operation}`;

/** The durable that hears what fires, one per service. */
export const DUE_DURABLE = 'due';
