import type { MatterSeen, ProcessSeen, ServiceSeen, WordSeen } from '@refrain/console/api';
import { isRefrainError } from '@refrain/errors';
import { readMetrics } from '../cli/doctor/outside.ts';
import { serviceNames } from '../cli/supervisor/found-services.ts';
import { matters, type MetricsPage, serviceSeen } from './service-seen.ts';
import type { WatchedShop } from './watched-shop.ts';

/** How a shop stands: what its processes, metrics and governor say. */
export interface Standing {
  readonly processes: readonly ProcessSeen[];
  readonly services: readonly ServiceSeen[];
  readonly matters: readonly MatterSeen[];
  readonly words: readonly WordSeen[];
  /** What did not answer. */
  readonly missing: readonly string[];
}

/** So long, in milliseconds, nobody is asked again, however many look. */
const FRESH_MS = 1_500;

/** Asks a shop how it stands, no more often than every second and a half, for all who want to know. */
export class StandingReader {
  readonly #shop: WatchedShop;
  #asked: { standing: Promise<Standing>; at: number } | undefined;

  constructor(shop: WatchedShop) {
    this.#shop = shop;
  }

  async read(): Promise<Standing> {
    const now = performance.now();
    if (!this.#asked || now - this.#asked.at > FRESH_MS) {
      const standing = this.#ask();
      this.#asked = { standing, at: now };
      standing.catch(() => (this.#asked = undefined));
    }
    return await this.#asked.standing;
  }

  async #ask(): Promise<Standing> {
    const { processes } = this.#shop.found();
    const missing: string[] = [];
    const [seen, words] = await Promise.all([
      Promise.all(serviceNames.map(async (service) => await this.#service(service, missing))),
      this.#words().catch(unlessUnreached(missing, 'governor', [])),
    ]);
    return {
      processes: processes.map(({ name, pid, url, status }) => ({ name, pid, url, status })),
      services: seen.map(({ service }) => service),
      matters: seen.flatMap((one) => one.matters),
      words,
      missing: missing.sort(),
    };
  }

  async #service(
    service: string,
    missing: string[],
  ): Promise<{ service: ServiceSeen; matters: readonly MatterSeen[] }> {
    const instances = this.#shop
      .found()
      .processes.filter(({ name }) => name === service || name.startsWith(`${service}-`));
    const pages = await Promise.all(
      instances.map(async ({ name, url, status }): Promise<MetricsPage> => {
        const nothing: MetricsPage = new Map();
        if (status !== 'ready' || url === '') {
          missing.push(name);
          return nothing;
        }
        return await readMetrics(name, url).catch(unlessUnreached(missing, name, nothing));
      }),
    );
    return { service: serviceSeen(service, pages), matters: matters(service, pages) };
  }

  async #words(): Promise<WordSeen[]> {
    const { words } = await this.#shop.governor().status();
    return words.map(({ dependency, kind, reason, since, rate, ramp, warning, pin, waiting, saidAgoMs }) => ({
      dependency,
      kind,
      reason,
      since,
      ...(rate !== undefined && { rate }),
      ...(ramp !== undefined && { ramp }),
      ...(warning !== undefined && { warning }),
      pinned: pin !== undefined,
      held: waiting,
      saidAgoMs,
    }));
  }
}

/** What is not reached is named, and nothing else is lost. */
const unlessUnreached =
  <T>(missing: string[], name: string, instead: T) =>
  (error: unknown): T => {
    if (!isRefrainError(error, 'RF_UNREACHABLE')) throw error;
    missing.push(name);
    return instead;
  };
