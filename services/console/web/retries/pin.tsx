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

/** A person’s word goes before the governor’s, until it is released or its time is over. */
export function Pin({ word }: { word: GovernorPage['words'][number] }) {
  const [kind, setKind] = useState<Kind>('suppressed');
  const [rate, setRate] = useState(5);
  const [forS, setForS] = useState<number>();
  const { dependency, pin } = word;
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
  const flags = `${kind === 'throttled' ? ` --rate ${rate}` : ''}${forS === undefined ? '' : ` --for ${forS}`}`;
  return (
    <div className="row">
      <Action
        label="Pin a word"
        says={<p>{effects[kind]} All instances hear it within a second.</p>}
        asksWhy
        run={pinIt}
        command={(why) => `npx refrain governor ${verbs[kind]} ${dependency}${flags} --why ${why}`}
      >
        <Segments label="Word" options={kinds} value={kind} onChange={setKind} />
        <div className="fields">
          {kind === 'throttled' ? (
            <label className="field">
              <span>Calls a second</span>
              <input
                className="input"
                type="number"
                min={0.1}
                step="any"
                required
                value={rate}
                onChange={({ target }) => setRate(target.valueAsNumber || 1)}
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
              value={forS ?? ''}
              onChange={({ target }) =>
                setForS(Number.isNaN(target.valueAsNumber) ? undefined : target.valueAsNumber)
              }
            />
          </label>
        </div>
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
