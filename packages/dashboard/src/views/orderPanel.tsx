/**
 * The order form, for accounts whose keys everybody knows.
 * In: accounts, the book. Out: a signed order; below it, what became of the last one.
 */
import { digitsOf, nameOf, plain, shown, typed } from '../figures.ts';
import type { Store } from '../store.ts';
import type { Draft } from '../trading.ts';
import { useSlice } from './useSlice.ts';

const SIGNS = { none: '', busy: '…', done: '✓', failed: '✕' } as const;

export const OrderForm = ({ store }: { readonly store: Store }) => {
  const { accounts, outcome } = useSlice(store.trading.desk);
  const { symbol, address } = useSlice(store.place);
  const pair = useSlice(store.pairs).get(symbol);
  const { side, price, quantity, timeInForce } = useSlice(store.trading.draft);
  const write = (change: Partial<Draft>): void => store.trading.write(change);
  const { base } = nameOf(symbol);
  const canSign = store.trading.canSign(address);
  if (accounts.length === 0)
    return <p class="empty">Orders are for a node of one’s own: this one has no account whose key is known here</p>;
  /** Of the book as it is when it is asked for. */
  const take = (which: 'bid' | 'ask'): void => {
    const level = store.book.value.book?.best()[which];
    if (level) write({ price: typed(level[0], pair ? digitsOf(pair.tick) : 0) });
  };
  return (
    <form
      class="order-form"
      aria-label="Order"
      onSubmit={(event) => {
        event.preventDefault();
        void store.trading.place(address, symbol);
      }}
    >
      <label>
        <span>Account</span>
        <select
          name="account"
          value={canSign ? address : ''}
          onChange={({ currentTarget }) => store.go({ address: currentTarget.value })}
        >
          <option value="" disabled>
            choose one
          </option>
          {accounts.map((account) => (
            <option key={account.address} value={account.address}>
              {account.name}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="sides">
        <legend class="hidden">Side</legend>
        {(['buy', 'sell'] as const).map((one) => (
          <label key={one} data-side={one} data-on={side === one}>
            <input type="radio" name="side" value={one} checked={side === one} onChange={() => write({ side: one })} />
            {one === 'buy' ? '▲ Buy' : '▼ Sell'}
          </label>
        ))}
      </fieldset>
      <div class="priced">
        <label>
          <span>Price</span>
          <input
            name="price"
            inputMode="decimal"
            autocomplete="off"
            required
            value={price}
            placeholder={pair ? `step ${shown(pair.tick, 0)}` : ''}
            onInput={({ currentTarget }) => write({ price: currentTarget.value })}
          />
        </label>
        <button type="button" class="small" aria-label="Price of the best bid" onClick={() => take('bid')}>
          bid
        </button>
        <button type="button" class="small" aria-label="Price of the best ask" onClick={() => take('ask')}>
          ask
        </button>
      </div>
      <label>
        <span>Quantity</span>
        <input
          name="quantity"
          inputMode="decimal"
          autocomplete="off"
          required
          value={quantity}
          placeholder={pair ? `step ${shown(pair.lot, 0)}` : ''}
          onInput={({ currentTarget }) => write({ quantity: currentTarget.value })}
        />
      </label>
      <label>
        <span>Time in force</span>
        <select
          name="timeInForce"
          value={timeInForce}
          onChange={({ currentTarget }) => write({ timeInForce: currentTarget.value === 'IOC' ? 'IOC' : 'GTE' })}
        >
          <option value="GTE">GTE, rests</option>
          <option value="IOC">IOC, at once or not</option>
        </select>
      </label>
      <button type="submit" class="submit" data-side={side} disabled={!canSign || outcome.name === 'busy'}>
        {side === 'buy' ? 'Buy' : 'Sell'} {plain(base)}
      </button>
      <p class="outcome" role="status" data-outcome={outcome.name} data-testid="outcome">
        {outcome.name === 'none'
          ? canSign
            ? ''
            : 'Choose an account first'
          : `${SIGNS[outcome.name]} ${outcome.text}`}
      </p>
    </form>
  );
};
