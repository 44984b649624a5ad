import { useState } from 'react';
import { routes, sandboxFaults, type SandboxFaults } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { Action } from '../parts/action.tsx';
import { Panel } from '../parts/panel.tsx';
import { Pill } from '../parts/pill.tsx';
import { duration } from '../parts/words.ts';

const names = { psp: 'payment provider', mail: 'mail server' } as const;

/** What each mode does, in a line. */
const modes: Readonly<Record<string, string>> = {
  none: 'answers as it should',
  slow: 'answers late',
  throttle: 'says 429, come back later',
  fail_before: 'fails before it did anything',
  fail_after: 'does it, and breaks the connection',
  sticky_500: 'stores a 500, and repeats it for the same key',
  in_progress: 'says that the same key is in progress',
  down: 'takes calls, and resets the connection',
  gone: 'closes its port',
};

interface Fault {
  readonly mode: string;
  /** The share of calls that it strikes. */
  readonly rate: number;
}

export function Sandbox({ sandbox: { sandbox, url, modes: known, faults } }: { sandbox: SandboxFaults }) {
  const [{ mode, rate }, choose] = useState<Fault>({ mode: 'down', rate: 1 });
  const fault = { mode, ...(mode === 'none' ? {} : { rate }) };
  const set = async (body: object): Promise<string> => {
    const { faults: now } = await send(routes.fault(sandbox), sandboxFaults, body, 'PUT');
    return now.mode === 'none'
      ? `The ${names[sandbox]} works again.`
      : `The ${names[sandbox]} does ${now.mode} from now on.`;
  };
  const command = (body: object): string =>
    `curl -X PUT ${url}/faults -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const works = faults.mode === 'none';
  return (
    <Panel
      title={names[sandbox]}
      aside={<Pill tone={works ? 'good' : 'bad'}>{works ? 'works' : faults.mode}</Pill>}
    >
      <div className="stack">
        <p className="quiet">
          {modes[faults.mode] ?? faults.mode}
          {works ? '' : `, ${Math.round(faults.rate * 100)} % of calls`}
          {faults.mode === 'slow' ? `, by ${duration(faults.delayMs)}` : ''}
        </p>
        <Choice known={known} fault={{ mode, rate }} onChoose={choose} />
        <div className="row">
          <Action
            label={`Set the fault of ${sandbox}`}
            says={`From now on the ${names[sandbox]} of this shop ${modes[mode] ?? mode}. It stays so until it is healed.`}
            run={() => set(fault)}
            command={() => command(fault)}
          />
          <Action
            label={`Heal ${sandbox}`}
            look="primary"
            disabled={works}
            says={`The ${names[sandbox]} answers as it should again. What was held goes out in a ramp.`}
            run={() => set({ mode: 'none' })}
            command={() => command({ mode: 'none' })}
          />
        </div>
      </div>
    </Panel>
  );
}

interface ChoiceProps {
  known: readonly string[];
  fault: Fault;
  onChoose: (fault: Fault) => void;
}

function Choice({ known, fault, onChoose }: ChoiceProps) {
  return (
    <div className="fields">
      <label className="field whole">
        <span>Fault</span>
        <select
          className="input"
          value={fault.mode}
          onChange={({ target }) => onChoose({ ...fault, mode: target.value })}
        >
          {known.map((name) => (
            <option key={name} value={name}>
              {name}: {modes[name] ?? 'see its page'}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Strikes, of all calls</span>
        <select
          className="input"
          value={fault.rate}
          onChange={({ target }) => onChoose({ ...fault, rate: Number(target.value) })}
        >
          {[1, 0.5, 0.2, 0.05].map((share) => (
            <option key={share} value={share}>
              {share * 100} %
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
