import { type MetricFamily, readMetricsPage } from '@refrain/telemetry';
import { RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { whyUnanswered } from '../errors.ts';
import type { Finding } from './findings.ts';
import { resetOf } from '../supervisor/faults-set.ts';

/** How long a process may take to answer, in milliseconds: a page waits a second for the broker. */
const ANSWER_MS = 3_000;

const faults = z.looseObject({ mode: z.string(), rate: z.number().optional() });
export type FaultsSet = z.output<typeof faults>;

/** @throws RF_UNREACHABLE when it does not answer in time. */
async function ask(what: string, url: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new RefrainError(
      'RF_UNREACHABLE',
      { what, where: url, problem: whyUnanswered(error) },
      { cause: error },
    );
  }
}

/** Whether a service says that it takes work. */
export const readReady = async (what: string, url: string): Promise<boolean> =>
  (await ask(what, `${url}/health/ready`)).status === 200;

/** The metrics of a process; empty where it tells none. */
export async function readMetrics(what: string, url: string): Promise<ReadonlyMap<string, MetricFamily>> {
  const { status, text } = await ask(what, `${url}/metrics`);
  return status === 404 ? new Map() : readMetricsPage(text);
}

/** What a sandbox was told to do wrong. */
export const readFaults = async (what: string, url: string): Promise<FaultsSet> =>
  faults.parse(JSON.parse((await ask(what, `${url}/faults`)).text));

export const faultFindings = (
  { name, url }: { name: string; url: string },
  { mode, rate }: FaultsSet,
): Finding[] =>
  mode === 'none'
    ? []
    : [
        {
          check: 'faults',
          about: name,
          found: `it was told to be "${mode}"${rate === undefined ? '' : `, for a share of ${rate}`}`,
          means: 'calls fail or wait because somebody wanted to see that',
          todo: `when it was seen: ${resetOf(url)}`,
        },
      ];
