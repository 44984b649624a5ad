import { useState } from 'react';
import { type GovernorPage, pinned, released, routes } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { Action } from '../parts/action.tsx';
import { Segments } from '../parts/segments.tsx';

type Kind = 'suppressed' | 'throttled' | 'open';
const kinds = [
  { value: 'suppressed', says: 'suppressed' },
  { value: 'throttled', says: 'throttled' },
  { value: 'open', says: 'open' },
] as const satisfies readonly { value: Kind; says: string }[];

const verbs: Record<Kind, string> = { suppressed: 'suppress', throttled: 'throttle', open: 'open' };
const effects: Record<Kind, string> = {
  suppressed: 'No call goes, also no first attempt. What comes up waits.',
  throttled: 'Calls of all instances together go at this rate, first attempts before retries.',
  open: 'Calls go whatever the governor thinks. Retries stay within the budget.',
};

interface Chosen {
  readonly kind: Kind;
  readonly rate: number;
  readonly forS: number | undefined;
}

function flagsOf({ kind, rate, forS }: Chosen): string {
  const limit = kind === 'throttled' ? ` --rate ${rate}` : '';
  return forS === undefined ? limit : `${limit} --for ${forS}`;
}

/** A person’s word goes before the governor’s, until it is released or its time is over. */
export function Pin({ word: { dependency, pin } }: { word: GovernorPage['words'][number] }) {
  const [chosen, setChosen] = useState<Chosen>({ kind: 'suppressed', rate: 5, forS: undefined });
  const { kind, rate, forS } = chosen;
  const pinIt = async (why: string): Promise<string> => {
    const body = {
      why,
      kind,
      ...(kind === 'throttled' ? { rate } : {}),
      ...(forS === undefined ? {} : { forS }),
    };
    await send(routes.governorPin(dependency), pinned, body);
    return `${dependency} is pinned to ${kind}.`;
  };
  const release = async (why: string): Promise<string> => {
    await send(routes.governorRelease(dependency), released, { why });
    return `The governor decides about ${dependency} again.`;
  };
  return (
    <div className="row">
      <Action
        label="Pin a word"
        says={<p>{effects[kind]} All instances hear it within a second.</p>}
        asksWhy
        run={pinIt}
        command={(why) => `npx refrain governor ${verbs[kind]} ${dependency}${flagsOf(chosen)} --why ${why}`}
      >
        <Choice chosen={chosen} onChoose={setChosen} />
      </Action>
      {pin ? (
        <Action
          label="Release"
          says={`What ${pin.by} pinned ends, and the governor decides about ${dependency} again.`}
          asksWhy
          run={release}
          command={(why) => `npx refrain governor release ${dependency} --why ${why}`}
        />
      ) : null}
    </div>
  );
}

function Choice({ chosen, onChoose }: { chosen: Chosen; onChoose: (chosen: Chosen) => void }) {
  return (
    <>
      <Segments
        label="Word"
        options={kinds}
        value={chosen.kind}
        onChange={(kind) => onChoose({ ...chosen, kind })}
      />
      <div className="fields">
        {chosen.kind === 'throttled' ? (
          <label className="field">
            <span>Calls a second</span>
            <input
              className="input"
              type="number"
              min={0.1}
              step="any"
              required
              value={chosen.rate}
              onChange={({ target }) => onChoose({ ...chosen, rate: target.valueAsNumber || 1 })}
            />
          </label>
        ) : null}
        <label className="field">
          <span>For how many seconds</span>
          <input
            className="input"
            type="number"
            min={1}
            placeholder="until it is released"
            value={chosen.forS ?? ''}
            onChange={({ target: { valueAsNumber: forS } }) =>
              onChoose({ ...chosen, forS: Number.isNaN(forS) ? undefined : forS })
            }
          />
        </label>
      </div>
    </>
  );
}
