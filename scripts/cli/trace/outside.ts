import { setTimeout as sleep } from 'node:timers/promises';
import { isRefrainError } from '@refrain/errors';
import type { FoundShop } from '../shop-at.ts';
import { readCallsOf, readLedger, readMailCallsOf, readMails, sandboxUrl } from '../shop-log/doors.ts';
import type { OutsideFact } from './tree.ts';

export interface Outside {
  readonly facts: readonly OutsideFact[];
  /** Sandboxes that did not answer: what they know is missing. */
  readonly missing: readonly string[];
}

/**
 * What the sandboxes know of a flow's operations. One that does not answer is named, and nothing else is
 * lost. `waitMsMax`: how long one is waited for, in milliseconds; by default as long as a request takes.
 */
export async function outsideOf(
  shop: FoundShop,
  orderId: string,
  operations: readonly string[],
  waitMsMax = Infinity,
): Promise<Outside> {
  const asked = [
    { name: 'psp', ask: async () => await pspFacts(shop, orderId, operations) },
    { name: 'mail', ask: async () => await mailFacts(shop, orderId, operations) },
  ];
  const answers = await Promise.all(
    asked.map(async ({ name, ask }) => {
      try {
        const facts = await within(waitMsMax, ask());
        return facts ? { facts, missing: [] } : { facts: [], missing: [name] };
      } catch (error) {
        if (isRefrainError(error, 'RF_UNREACHABLE')) return { facts: [], missing: [name] };
        throw error;
      }
    }),
  );
  return {
    facts: answers.flatMap(({ facts }) => facts),
    missing: answers.flatMap(({ missing }) => missing),
  };
}

/** `undefined`: it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  if (ms === Infinity) return await work;
  const stop = new AbortController();
  const late = sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

async function pspFacts(
  shop: FoundShop,
  orderId: string,
  operations: readonly string[],
): Promise<OutsideFact[]> {
  const url = sandboxUrl(shop, 'psp');
  if (url === undefined) return []; // a real provider
  const ledger = await readLedger(url);
  const calls = await Promise.all(operations.map(async (operation) => await readCallsOf(url, operation)));
  return [
    ...calls.flat().map(({ operationId, at, step, fate }) => ({
      kind: 'call' as const,
      where: 'psp' as const,
      operationId,
      at: Date.parse(at),
      text: `call ${step}: ${fate}`,
    })),
    ...ledger
      .filter((line) => line.orderId === orderId)
      .map(({ operationId, at, kind, amount, id }) => ({
        kind: 'ledger' as const,
        where: 'psp' as const,
        operationId,
        at: Date.parse(at),
        text: `ledger: ${kind} of ${(amount / 100).toFixed(2)} EUR (${id})`,
      })),
  ];
}

async function mailFacts(
  shop: FoundShop,
  orderId: string,
  operations: readonly string[],
): Promise<OutsideFact[]> {
  const url = sandboxUrl(shop, 'mail');
  if (url === undefined) return [];
  const mails = await readMails(url);
  const calls = await Promise.all(operations.map(async (operation) => await readMailCallsOf(url, operation)));
  return [
    ...calls.flat().map(({ operationId, at, command, fate }) => ({
      kind: 'call' as const,
      where: 'mail' as const,
      operationId: operationId ?? '',
      at: Date.parse(at),
      text: `call ${command}: ${fate}`,
    })),
    ...mails
      .filter((mail) => mail.orderId === orderId)
      .map(({ operationId, at, messageId }) => ({
        kind: 'mail' as const,
        where: 'mail' as const,
        operationId: operationId ?? '',
        at: Date.parse(at),
        text: `mail ${messageId}`,
      })),
  ];
}
