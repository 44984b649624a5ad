import { setTimeout as sleep } from 'node:timers/promises';
import { isRefrainError, RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { UsageError, whyUnanswered } from '../errors.ts';
import { fetchWhole } from '../fetch-whole.ts';
import { laterServices, startedServices } from '../later-services.ts';
import type { FoundShop } from '../shop-at.ts';

const problem = z.object({ type: z.string(), detail: z.string() });

/** What a desk said: its answer, or why not. */
export type Answer<T> =
  | { readonly kind: 'done'; readonly service: string; readonly value: T }
  | { readonly kind: 'unknown'; readonly service: string; readonly detail: string }
  | { readonly kind: 'refused'; readonly service: string; readonly detail: string };

/** A word can be said again: with the attempt it names, a repeat changes nothing. */
const tries = 3;
const pauseMs = 1_000;
const requestMsMax = 60_000;

/** The operator's doors of all services of a running shop. */
export class Desks {
  readonly #urls: ReadonlyMap<string, string>;
  readonly #readMsMax: number;
  readonly #started: readonly string[];
  /** Services of this checkout that the shop was started without: they know nothing that could be missing. */
  readonly later: readonly string[];

  /** `readMsMax`: how long an answer to a question is waited for, in milliseconds; default a minute. */
  constructor(shop: Pick<FoundShop, 'processes' | 'services'>, readMsMax: number = requestMsMax) {
    const { processes } = shop;
    this.#readMsMax = readMsMax;
    this.#started = startedServices(shop);
    this.later = laterServices(shop);
    const ready = processes.filter(({ status, url }) => status === 'ready' && url !== '');
    // Any instance of a service speaks for all of them.
    this.#urls = new Map(
      this.#started.flatMap((service) => {
        const found = ready.find(({ name }) => name === service || name.startsWith(`${service}-`));
        return found ? [[service, found.url] as const] : [];
      }),
    );
  }

  get services(): readonly string[] {
    return [...this.#urls.keys()];
  }

  /** Services of which no process is ready: what they know is missing. */
  get missing(): readonly string[] {
    return this.#started.filter((service) => !this.#urls.has(service));
  }

  /** @throws RF_UNREACHABLE when it does not answer. */
  async get<T>(service: string, path: string, schema: z.ZodType<T>): Promise<Answer<T>> {
    return await this.#ask(service, path, schema, {});
  }

  /** @throws RF_UNREACHABLE when it does not answer: it may have been recorded, and may be sent again. */
  async post<T>(service: string, path: string, schema: z.ZodType<T>, body: object): Promise<Answer<T>> {
    const headers = { 'content-type': 'application/json' };
    return await this.#ask(service, path, schema, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /**
   * The first answer other than "unknown", asking one service after the other.
   * @throws RF_UNREACHABLE when only one that does not answer may know it.
   */
  async firstOf<T>(ask: (service: string) => Promise<Answer<T>>): Promise<Answer<T> | undefined> {
    let unreached: Error | undefined;
    for (const service of this.services) {
      try {
        const answer = await ask(service);
        if (answer.kind !== 'unknown') return answer;
      } catch (error) {
        if (!isRefrainError(error, 'RF_UNREACHABLE')) throw error;
        unreached ??= error;
      }
    }
    if (unreached) throw unreached;
    return undefined;
  }

  /** Every page of a list of a service. @throws UsageError when it refuses what is asked. */
  async all<T>(service: string, path: string, item: z.ZodType<T>): Promise<T[]> {
    const schema = z.object({ items: z.array(item), next: z.string().optional() });
    const items: T[] = [];
    let after = '';
    for (;;) {
      const joint = path.includes('?') ? '&' : '?';
      const answer = await this.get(service, `${path}${joint}limit=1000${after}`, schema);
      if (answer.kind === 'refused') throw new UsageError(`${service}: ${answer.detail}`);
      if (answer.kind === 'unknown') return items;
      items.push(...answer.value.items);
      if (answer.value.next === undefined) return items;
      after = `&after=${answer.value.next}`;
    }
  }

  async #ask<T>(service: string, path: string, schema: z.ZodType<T>, init: RequestInit): Promise<Answer<T>> {
    const url = `${this.#urls.get(service) ?? ''}/operator/${path}`;
    for (let left = tries; ; left--) {
      const response = await this.#fetch(service, url, init);
      const body: unknown = await response.json().catch(() => ({}));
      if (response.ok) return { kind: 'done', service, value: schema.parse(body) };
      const { detail = `it answered ${response.status}` } = problem.partial().parse(body);
      if (response.status === 404) return { kind: 'unknown', service, detail };
      if (response.status === 409 || response.status === 400) return { kind: 'refused', service, detail };
      if (left <= 1) throw new RefrainError('RF_UNREACHABLE', { what: service, where: url, problem: detail });
      await sleep(pauseMs);
    }
  }

  async #fetch(service: string, url: string, init: RequestInit): Promise<Response> {
    try {
      const ms = init.method === undefined ? this.#readMsMax : requestMsMax;
      return await fetchWhole(url, { ...init, signal: AbortSignal.timeout(ms) });
    } catch (error) {
      const details = { what: service, where: url, problem: whyUnanswered(error) };
      throw new RefrainError('RF_UNREACHABLE', details, { cause: error });
    }
  }
}
