import { useState } from 'react';
import { loadSummary, routes } from '@refrain/console/api';
import { begin, useErrand } from '../data/errand.ts';
import { Action } from '../parts/action.tsx';
import { Panel } from '../parts/panel.tsx';
import { Progress } from '../parts/progress.tsx';
import { number } from '../parts/words.ts';

const kinds = ['load'] as const;

/** Orders of all kinds, at a rate, as `refrain demo` places them. */
export function Load() {
  const { current } = useErrand(kinds);
  const [orders, setOrders] = useState(100);
  const [rate, setRate] = useState(10);
  const running = current?.state === 'running';
  const result = current?.state === 'done' ? loadSummary.safeParse(current.result).data : undefined;
  return (
    <Panel title="Load">
      <div className="stack">
        <div className="fields">
          <label className="field">
            <span>Orders</span>
            <input
              className="input"
              type="number"
              min={1}
              max={10000}
              value={orders}
              onChange={({ target }) => setOrders(target.valueAsNumber || 1)}
            />
          </label>
          <label className="field">
            <span>A second</span>
            <input
              className="input"
              type="number"
              min={1}
              max={200}
              value={rate}
              onChange={({ target }) => setRate(target.valueAsNumber || 1)}
            />
          </label>
        </div>
        <div>
          <Action
            label="Place orders"
            disabled={running}
            says={`A mix of ${number(orders)} orders, ${rate} a second: good ones, declined cards, too little stock, repeats, cancellations.`}
            run={async () => {
              await begin(routes.load, { orders, rate });
              return 'They are being placed.';
            }}
            command={() => `npx refrain demo --orders ${orders} --rate ${rate}`}
          />
        </div>
        {current ? <Progress of={current} /> : <p className="quiet">No load runs.</p>}
        {result ? (
          <p>
            {Object.entries(result.ends)
              .map(([end, count]) => `${number(count)} ${end}`)
              .join(', ')}
          </p>
        ) : null}
      </div>
    </Panel>
  );
}
