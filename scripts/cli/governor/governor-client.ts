import { RefrainError } from '@refrain/errors';
import type { Pin, StoredPolicy } from '@refrain/governor';
import type { Change, Status } from '@refrain/service-governor';
import { UsageError, whyUnanswered } from '../errors.ts';
import { fetchWhole } from '../fetch-whole.ts';
import type { Said } from '../operator/options.ts';
import { type FoundShop, urlOf } from '../shop-at.ts';

/** What the governor did, or why it did not: that is a finding. */
export type GovernorAnswer<T> = { readonly done: T } | { readonly refused: string };

const requestMsMax = 10_000;

/** The door of a running shop's governor. Any of several answers for all. */
export class GovernorClient {
  readonly #url: string;

  /** @throws RF_UNREACHABLE when none is ready. */
  constructor(shop: FoundShop) {
    const ready = shop.processes.find(
      ({ name, status, url }) => /^governor(-\d+)?$/.test(name) && status === 'ready' && url !== '',
    );
    this.#url = ready?.url ?? urlOf(shop, 'governor');
  }

  async status(): Promise<Status> {
    return await this.#read('status');
  }

  async policy(): Promise<StoredPolicy> {
    return await this.#read('policy');
  }

  async history(dependency: string): Promise<GovernorAnswer<Change[]>> {
    return await this.#ask('GET', `words/${dependency}/history`);
  }

  async pin(
    dependency: string,
    pin: Said & Pick<Pin, 'kind' | 'rate'> & { readonly forS?: number | undefined },
  ): Promise<GovernorAnswer<{ pin: Pin }>> {
    return await this.#ask('POST', `pins/${dependency}`, pin);
  }

  async release(dependency: string, said: Said): Promise<GovernorAnswer<{ released: Said }>> {
    return await this.#ask('POST', `pins/${dependency}/release`, said);
  }

  async setPolicy(
    asked: Said & Pick<StoredPolicy, 'policy' | 'version'>,
  ): Promise<GovernorAnswer<StoredPolicy>> {
    return await this.#ask('PUT', 'policy', asked);
  }

  async #read<T>(path: string): Promise<T> {
    const answer = await this.#ask<T>('GET', path);
    if ('done' in answer) return answer.done;
    throw this.#unreachable(answer.refused);
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<GovernorAnswer<T>> {
    const response = await this.#fetch(path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return { done: answer as T };
    const { detail = `it answered ${response.status}` } = answer as { detail?: string };
    if (response.status === 404 || response.status === 409) return { refused: detail };
    if (response.status === 400) throw new UsageError(detail);
    throw this.#unreachable(detail);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(requestMsMax);
      return await fetchWhole(`${this.#url}/${path}`, { ...init, signal });
    } catch (error) {
      throw this.#unreachable(whyUnanswered(error));
    }
  }

  #unreachable(problem: string): RefrainError {
    return new RefrainError('RF_UNREACHABLE', { what: 'The governor', where: this.#url, problem });
  }
}
