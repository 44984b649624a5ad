import { useState } from 'react';
import { orderPlaced, routes } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { Action } from '../parts/action.tsx';

const cards = { pm_card_visa: 'goes through', pm_card_chargeDeclined: 'is declined' } as const;

interface Asked {
  readonly sku: string;
  readonly quantity: number;
  readonly card: keyof typeof cards;
}

/** Against sandboxes only: it moves no money. */
export function PlaceOrder() {
  const [asked, setAsked] = useState<Asked>({ sku: 'tea-001', quantity: 2, card: 'pm_card_visa' });
  const { sku, quantity, card } = asked;
  const place = async (): Promise<string> => {
    const body = { lines: [{ sku, quantity }], paymentMethod: card };
    const { orderId } = await send(routes.orders, orderPlaced, body);
    return `Placed as ${orderId}.`;
  };
  const pay = card === 'pm_card_visa' ? '' : ` --pay ${card}`;
  return (
    <Action
      label="Place an order"
      look="primary"
      says="An order is placed as a customer would. The sandboxes charge it and mail; no real money moves."
      run={place}
      command={() => `npx refrain order ${sku}:${quantity}${pay}`}
    >
      <Fields asked={asked} onAsk={setAsked} />
    </Action>
  );
}

function Fields({ asked, onAsk }: { asked: Asked; onAsk: (asked: Asked) => void }) {
  return (
    <div className="fields">
      <label className="field">
        <span>Goods</span>
        <input
          className="input"
          required
          pattern="[A-Za-z0-9_\-]{1,64}"
          value={asked.sku}
          onChange={({ target }) => onAsk({ ...asked, sku: target.value })}
        />
        <small>tea-001 to tea-009; of rare-001 there are 5.</small>
      </label>
      <label className="field">
        <span>Quantity</span>
        <input
          className="input"
          type="number"
          min={1}
          max={1000}
          required
          value={asked.quantity}
          onChange={({ target }) => onAsk({ ...asked, quantity: target.valueAsNumber || 1 })}
        />
      </label>
      <label className="field">
        <span>Card</span>
        <select
          className="input"
          value={asked.card}
          onChange={({ target: { value } }) =>
            onAsk({ ...asked, card: value === 'pm_card_visa' ? value : 'pm_card_chargeDeclined' })
          }
        >
          {Object.entries(cards).map(([name, says]) => (
            <option key={name} value={name}>
              {name}, {says}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
