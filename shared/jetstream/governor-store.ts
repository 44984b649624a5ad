import type { GovernorStore } from '@refrain/governor';
import type { NatsConnection } from 'nats';
import { jetStreamBucket } from './bucket.ts';
import { GOVERNOR_STREAM, governorKeySubject } from './names.ts';

/** What governors share, in a bucket of the broker. A governor that waits for it says nothing. */
export const jetStreamGovernorStore = (nc: NatsConnection): GovernorStore =>
  jetStreamBucket(nc, {
    stream: GOVERNOR_STREAM,
    subjectOf: governorKeySubject,
    owner: 'the governor',
    timeoutMs: 500,
    giveUpMs: 1_500,
  });
