import { useState } from 'react';
import { orderPlaced, routes } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { Action } from '../parts/action.tsx';

const cards = { pm_card_visa: 'goes through', pm_card_chargeDeclined: 'is declined' } as const;

/** Against sandboxes only: it moves no money. */
export function PlaceOrder() {
  const [sku, setSku] = useState('tea-001');
  const [quantity, setQuantity] = useState(2);
  const [card, setCard] = useState<keyof typeof cards>('pm_card_visa');
  const place = async (): Promise<string> => {
    const body = { lines: [{ sku, quantity }], paymentMethod: card };
    const { orderId } = await send(routes.orders, orderPlaced, body);
    return `Placed as ${orderId}.`;
  };
  return (
    <Action
      label="Place an order"
      look="primary"
      says="An order is placed as a customer would. The sandboxes charge it and mail; no real money moves."
      run={place}
      command={() => `npx refrain order ${sku}:${quantity}${card === 'pm_card_visa' ? '' : ` --pay ${card}`}`}
    >
      <div className="fields">
        <label className="field">
          <span>Goods</span>
          <input
            className="input"
            required
            pattern="[\w-]{1,64}"
            value={sku}
            onChange={({ target }) => setSku(target.value)}
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
            value={quantity}
            onChange={({ target }) => setQuantity(target.valueAsNumber || 1)}
          />
        </label>
        <label className="field">
          <span>Card</span>
          <select
            className="input"
            value={card}
            onChange={({ target }) =>
              setCard(target.value === 'pm_card_visa' ? 'pm_card_visa' : 'pm_card_chargeDeclined')
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
    </Action>
  );
}
