import { useState } from 'react';
import { type OperationSeen, routes, spoken } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { Action } from '../parts/action.tsx';
import { Segments } from '../parts/segments.tsx';

const outcomes = [
  { value: 'happened', says: 'it happened' },
  { value: 'not-happened', says: 'it did not' },
] as const;

/** What a person can say of an operation; what makes no sense in its state is not offered. */
export function OperationActions({ operation }: { operation: OperationSeen }) {
  const { id, state, attempts, needs = [] } = operation;
  const say = async (path: string, body: object): Promise<string> => {
    const { changed, says } = await send(path, spoken, body);
    return changed ? says : `It had been said before: ${says}`;
  };
  return (
    <div className="row actions">
      {needs.includes('verdict') ? <Verdict operation={operation} say={say} /> : null}
      {state === 'parked' ? (
        <Action
          label="Retry now"
          says="The next attempt is due now. It still goes through the governor, and still counts as a retry."
          asksWhy
          run={(why) => say(routes.retryNow(id), { why, attempt: attempts })}
          command={(why) => `npx refrain retries now ${id} --why ${why}`}
        />
      ) : null}
      {state === 'parked' ? (
        <Action
          label="End attempts"
          look="bare"
          says="No further attempt is made. It is settled with the provider where that can be asked, or given up as its rule says."
          asksWhy
          run={(why) => say(routes.retryCancel(id), { why, attempt: attempts })}
          command={(why) => `npx refrain retries cancel ${id} --why ${why}`}
        />
      ) : null}
    </div>
  );
}

interface VerdictProps {
  operation: OperationSeen;
  say: (path: string, body: object) => Promise<string>;
}

function Verdict({ operation: { id, attempts, effect, dependency }, say }: VerdictProps) {
  const [outcome, setOutcome] = useState<(typeof outcomes)[number]['value']>('happened');
  return (
    <Action
      label="Verdict"
      look="primary"
      says={`Whether ${effect} at ${dependency} happened, nobody else can know. Look there first. What you say is recorded and cannot be taken back.`}
      asksWhy
      run={(why) => say(routes.verdict(id), { why, attempt: attempts, happened: outcome === 'happened' })}
      command={(why) => `npx refrain verdict ${id} ${outcome} --attempt ${attempts} --why ${why}`}
    >
      <Segments label="What came of it" options={outcomes} value={outcome} onChange={setOutcome} />
    </Action>
  );
}
