import { messageOf } from '@refrain/errors';
import type { Bucket, Kept } from '@refrain/event-log';
import type { Log } from './ports.ts';
import {
  dataOf,
  type Manifest,
  manifestKey,
  partKey,
  partsOf,
  type Place,
  places,
  readManifest,
  slotsOf,
  type Snapshot,
} from './snapshot.ts';

/** Where a service keeps its snapshots, and the hash of what makes them. */
export interface SnapshotPlace {
  readonly bucket: Bucket;
  /** Of the sources, and of the last recovery: another one, and what is there is no snapshot. */
  readonly code: () => Promise<string>;
}

/**
 * The snapshots of a service. Whatever is wrong with one (another code, a part that is missing or is not what
 * was written, a bucket that is gone or silent), there is none: nothing is thrown, and the log is read
 * instead.
 */
export class SnapshotStore {
  readonly #place: SnapshotPlace;
  readonly #logger: Log;

  constructor(place: SnapshotPlace, logger: Log) {
    this.#place = place;
    this.#logger = logger;
  }

  async read(name: string): Promise<Snapshot | undefined> {
    try {
      const found = await readSnapshot(this.#place.bucket, name, await this.#place.code());
      if (found) this.#logger.info({ snapshot: name, seq: found.position.seq }, 'begins at a snapshot');
      return found;
    } catch (error) {
      this.#logger.warn({ snapshot: name, error: messageOf(error) }, 'a snapshot was not read; the log is');
      return undefined;
    }
  }

  /**
   * Keeps it, unless another instance kept one in the last `restMs` milliseconds. A process that dies in the
   * middle leaves the one before.
   */
  async write(
    name: string,
    snapshot: Snapshot,
    rest: { readonly now: number; readonly restMs: number },
  ): Promise<void> {
    const { bucket } = this.#place;
    try {
      const code = await this.#place.code();
      const { place, kept, manifest: before } = placeFor(await keptUnder(bucket, name), code);
      if (kept && before?.code === code && rest.now - kept.at < rest.restMs) return;
      const made = partsOf(snapshot.data);
      if (!made) {
        this.#logger.warn({ snapshot: name }, 'a snapshot is too large and is not kept');
        return;
      }
      const [first, second] = slotsOf(place);
      const slot = before?.slot === first ? second : first;
      for (const [i, part] of made.parts.entries()) await put(bucket, partKey(name, slot, i), part);
      const { position } = snapshot;
      const manifest: Manifest = {
        v: 1,
        code,
        position,
        slot,
        parts: made.parts.length,
        digest: made.digest,
      };
      // Where another instance was faster, its own is as good.
      await bucket.write(manifestKey(name, place), JSON.stringify(manifest), kept?.revision ?? 0);
      this.#logger.info({ snapshot: name, seq: position.seq, parts: manifest.parts }, 'kept a snapshot');
    } catch (error) {
      this.#logger.warn(
        { snapshot: name, error: messageOf(error) },
        'a snapshot was not kept; the next one is',
      );
    }
  }
}

async function put(bucket: Bucket, key: string, value: string): Promise<Kept['revision'] | undefined> {
  const last = await bucket.read(key);
  return await bucket.write(key, value, last?.revision ?? 0);
}

/** One place of a name, and what lies there. */
interface AtPlace {
  readonly place: Place;
  readonly kept: Kept | undefined;
  readonly manifest: Manifest | undefined;
}

async function keptUnder(bucket: Pick<Bucket, 'read'>, name: string): Promise<AtPlace[]> {
  const found: AtPlace[] = [];
  for (const place of places) {
    const kept = await bucket.read(manifestKey(name, place));
    found.push({ place, kept, manifest: kept && readManifest(kept.value) });
  }
  return found;
}

/** Where a build keeps its own: where it did before, else what is empty, else what was kept longest ago. */
const placeFor = (all: readonly AtPlace[], code: string): AtPlace =>
  all.find(({ manifest }) => manifest?.code === code) ??
  (all.toSorted((a, b) => (a.kept?.at ?? 0) - (b.kept?.at ?? 0))[0] as AtPlace);

/** The manifest of that name that this code made. @throws RF_UNREACHABLE, RF_BROKER_REFUSED. */
export const manifestOf = async (
  bucket: Pick<Bucket, 'read'>,
  name: string,
  code: string,
): Promise<Manifest | undefined> =>
  (await keptUnder(bucket, name)).find(({ manifest }) => manifest?.code === code)?.manifest;

/**
 * The snapshot of that name; `undefined` where there is none that this code made and that is whole.
 * @throws RF_UNREACHABLE, RF_BROKER_REFUSED.
 */
export async function readSnapshot(
  bucket: Pick<Bucket, 'read'>,
  name: string,
  code: string,
): Promise<Snapshot | undefined> {
  const manifest = await manifestOf(bucket, name, code);
  if (!manifest) return undefined;
  const parts: string[] = [];
  for (let part = 0; part < manifest.parts; part++) {
    const found = await bucket.read(partKey(name, manifest.slot, part));
    if (!found) return undefined;
    parts.push(found.value);
  }
  const data = dataOf(parts, manifest.digest);
  return data === undefined ? undefined : { position: manifest.position, data };
}
