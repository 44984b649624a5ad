import { setTimeout as sleep } from 'node:timers/promises';
import { isRefrainError, messageOf } from '@refrain/errors';
import {
  type BrokerFacts,
  brokerPlan,
  connectBroker,
  inspectBroker,
  jetStreamGovernorStore,
  jetStreamRecovering,
  storedLogs,
} from '@refrain/jetstream';
import { effectDurable, isPlatformHeld } from '@refrain/runtime';
import { loginAs } from '../broker-login.ts';
import type { FoundShop } from '../shop-at.ts';
import { withShopLog } from '../shop-log/open.ts';
import { serviceNames } from '../supervisor/found-services.ts';
import { instanceNames } from '../supervisor/process-table.ts';
import { keptDownBy } from '../supervisor/restart-claim.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';
import { runningTopologies } from '../guests/guest-list.ts';
import { brokerFindings, ownerlessNotes } from './broker-checks.ts';
import { configurationIn, diskFindings, freeOf, syncNotes } from './disk-checks.ts';
import { type Diagnosis, type Finding, Findings } from './findings.ts';
import { governorFindings, governorNotes, type KeptWord, nobodyGoverns } from './governor-checks.ts';
import { dependenciesOf, readOpenWork } from './log-facts.ts';
import { faultFindings, readFaults, readReady, readMetrics } from './outside.ts';
import { metricFindings, metricNotes, processFindings } from './process-checks.ts';
import { letterFindings, workFindings, workNotes } from './work-checks.ts';
import { plural } from '../plural.ts';

/** A durable or a copy that seems to stand still is looked at again after so long, in milliseconds. */
const AGAIN_MS = 1_500;

interface Examining {
  readonly shop: FoundShop;
  readonly findings: Findings;
  readonly onProgress: (text: string) => void;
}

/**
 * Looks at a running shop from all sides and changes nothing. What does not answer is told as not asked; the
 * rest is looked at all the same.
 */
export async function examine(shop: FoundShop, onProgress: (text: string) => void): Promise<Diagnosis> {
  const examining = { shop, findings: new Findings(), onProgress };
  examining.findings.add(
    ...processFindings(shop.processes, Date.now(), (name) => keptDownBy(shop.dataFolder, name)),
  );
  // First of all: what a service says of the broker means another thing where the broker answers us.
  const brokerAnswersUs = await asking(examining, 'the broker', () => examineBroker(examining), brokerSilent);
  await examineProcesses(examining, brokerAnswersUs);
  await asking(examining, 'the logs', () => examineLogs(examining));
  examineDisk(examining);
  onProgress('');
  return examining.findings.diagnosis();
}

/** Asks, and notes what did not answer; returns whether it did. */
async function asking(
  { findings, onProgress }: Examining,
  what: string,
  ask: () => Promise<void>,
  silent?: Finding,
): Promise<boolean> {
  onProgress(`asking ${what}`);
  try {
    await ask();
    return true;
  } catch (error) {
    findings.unasked(what, messageOf(error));
    if (silent && isRefrainError(error, 'RF_UNREACHABLE')) findings.add(silent);
    return false;
  }
}

const brokerSilent: Finding = {
  check: 'broker',
  about: 'the broker',
  found: 'it does not answer',
  means: 'nothing is recorded and nothing is heard; services go on by themselves when it is back',
  todo: 'see that it runs: npx refrain ps, logs/nats.log in the data folder',
};

const heldFinding: Finding = {
  check: 'import',
  about: 'this platform',
  found: 'it was imported, and nobody has taken it over',
  means: 'its services hear and decide, and call nobody: what is to be called waits, and seems overdue',
  todo: 'end the other platform, then: npx refrain import --take-over --why "..."',
};

/** Whether a finding is about what leads to calls. */
const isOfCalls = (about: string): boolean =>
  serviceNames.some((name) => about.startsWith(`durable ${effectDurable(name)} `));

const processSilent = (name: string): Finding => ({
  check: 'processes',
  about: name,
  found: 'it does not answer, though it runs',
  means: 'it hangs, or has far more to do than it can',
  todo: `see logs/${name}.log in the data folder; to kill it is safe, it is started again`,
});

async function examineProcesses(examining: Examining, brokerAnswersUs: boolean): Promise<void> {
  const { shop, findings } = examining;
  const isOf = (name: string, of: readonly string[]): boolean =>
    of.some((one) => name === one || name.startsWith(`${one}-`));
  for (const { name, url, status } of shop.processes) {
    const isService = isOf(name, instanceNames);
    const isConsole = name === 'console';
    if (!isService && !isConsole && name !== 'psp' && name !== 'mail') continue;
    if (status !== 'ready') {
      findings.unasked(name, `it is ${status}`);
      continue;
    }
    const ask = async (): Promise<void> => {
      if (!isService && !isConsole)
        return findings.add(...faultFindings({ name, url }, await readFaults(name, url)));
      if (!(await readReady(name, url)))
        findings.add({
          check: 'processes',
          about: name,
          found: 'it says that it is not ready',
          means: 'it has not begun to work, or is about to end',
          todo: `wait a moment; else see logs/${name}.log in the data folder`,
        });
      if (isConsole) return; // it has no metrics
      const page = await readMetrics(name, url);
      findings.add(...metricFindings(name, page, brokerAnswersUs));
      findings.note(...metricNotes(name, page));
    };
    await asking(examining, name, ask, processSilent(name));
  }
}

async function examineBroker({ shop, findings }: Examining): Promise<void> {
  const nc = await connectBroker(loginAs(shop, 'admin', 'doctor'));
  try {
    const plan = brokerPlan(runningTopologies(shop), { replicas: shop.nodes ?? 1 });
    const facts = await inspectBroker(nc, plan);
    const again = await lookAgain(facts, () => inspectBroker(nc, plan));
    const held = await isPlatformHeld(jetStreamRecovering(nc).bucket);
    // Intents are heard by nobody until then, on purpose: to start anything again would change nothing.
    if (held) findings.add(heldFinding);
    findings.add(...brokerFindings(facts, again).filter(({ about }) => !held || !isOfCalls(about)));
    findings.note(...ownerlessNotes(await storedLogs(nc), plan));
    const store = jetStreamGovernorStore(nc);
    const words: KeptWord[] = [];
    for (const dependency of dependenciesOf(shopDefinitions().map(({ contract }) => contract.$contract))) {
      const kept = await store.read(`word.${dependency}`);
      const ageMs = kept ? Date.now() - (facts.clockOffsetMs ?? 0) - kept.at : 0;
      words.push({ dependency, value: kept?.value, ageMs });
    }
    findings.add(...governorFindings(words));
    if (words.every(({ value }) => value === undefined)) findings.note(nobodyGoverns);
    findings.note(...governorNotes(words), {
      check: 'broker',
      about: 'the broker',
      found: `nats-server ${facts.version}`,
      means: 'services need 2.14 or newer',
      todo: 'nothing',
    });
  } finally {
    await nc.close();
  }
}

/** Only where something waits: a healthy shop is not held up. */
async function lookAgain(facts: BrokerFacts, look: () => Promise<BrokerFacts>): Promise<BrokerFacts> {
  const isQuiet = facts.durables.every(({ pending, out }) => pending + out === 0);
  if (isQuiet && facts.streams.every(({ behind }) => behind.length === 0)) return facts;
  await sleep(AGAIN_MS);
  return await look();
}

async function examineLogs({ shop, findings, onProgress }: Examining): Promise<void> {
  await withShopLog(shop, async (log) => {
    for (const definition of shopDefinitions()) {
      const { work, letters, unreadable } = await readOpenWork(log, definition, onProgress);
      const contract = definition.contract.$contract;
      const now = Date.now();
      const at = { now, held: findings.has(heldFinding) };
      findings.add(...workFindings(work, contract, at), ...letterFindings(letters, now));
      findings.note(...workNotes(work, now));
      if (unreadable > 0)
        findings.unasked(
          `${plural(unreadable, 'commit')} of ${contract.service}`,
          'this build cannot read them',
        );
    }
  });
}

/** Only a broker of ours keeps its store here. */
function examineDisk({ shop, findings }: Examining): void {
  if (!shop.processes.some(({ name }) => name === 'nats')) {
    findings.unasked('the disk of the broker, and how often it syncs', 'the broker is not ours');
    return;
  }
  try {
    findings.add(...diskFindings(freeOf(shop.dataFolder)));
    findings.note(...syncNotes(configurationIn(shop.dataFolder)));
  } catch (error) {
    findings.unasked('the disk of the broker', messageOf(error));
  }
}
