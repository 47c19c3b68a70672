/**
 * The order form, for accounts whose keys everybody knows.
 * In: accounts, the book. Out: a signed order; below it, what became of the last one.
 */
import { compareDecimal, type Decimal, isDecimal, multiplyDecimal } from 'dexwire';
import { digitsOf, nameOf, plain, shown, typed, ZERO } from '../figures.ts';
import type { Store } from '../store.ts';
import type { Draft } from '../trading.ts';
import { useSlice } from './useSlice.ts';

const SIGNS = { none: '', busy: '…', done: '✓', failed: '✕' } as const;

interface AmountFieldProps {
  readonly store: Store;
  readonly name: 'price' | 'quantity';
  readonly label: string;
  readonly step: Decimal | undefined;
}

const AmountField = ({ store: { trading }, name, label, step }: AmountFieldProps) => (
  <label>
    <span>{label}</span>
    <input
      name={name}
      inputMode="decimal"
      autocomplete="off"
      required
      value={useSlice(trading.draft)[name]}
      placeholder={step && `step ${shown(step, 0)}`}
      onInput={({ currentTarget }) => trading.write({ [name]: currentTarget.value })}
    />
  </label>
);

/** What the order takes from the account, exactly, and what is there. */
const Need = ({ store }: { readonly store: Store }) => {
  const { side, price, quantity } = useSlice(store.trading.draft);
  const account = useSlice(store.account);
  const { base, quote } = nameOf(useSlice(store.place).symbol);
  const asset = side === 'buy' ? quote : base;
  const [each, count] = [price.trim(), quantity.trim()];
  const need = isDecimal(count) && (side === 'sell' ? count : isDecimal(each) && multiplyDecimal(each, count));
  const balances = account?.balances;
  if (balances === undefined) return null;
  const free = balances === 'none' ? ZERO : (balances.find((one) => one.asset === asset)?.free ?? ZERO);
  const isShort = need !== false && compareDecimal(need, free) > 0;
  return (
    <p class="need" data-short={isShort} data-testid="need">
      {need !== false && `${isShort ? '✕ Needs' : 'Needs'} ${shown(need, 0)}, `}
      {isShort ? 'has only' : 'has'} {shown(free, 0)} {plain(asset)}
    </p>
  );
};

export const OrderForm = ({ store }: { readonly store: Store }) => {
  const { accounts, outcome } = useSlice(store.trading.desk);
  const { symbol, address } = useSlice(store.place);
  const pair = useSlice(store.pairs).get(symbol);
  const { side, timeInForce } = useSlice(store.trading.draft);
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
        <AmountField store={store} name="price" label="Price" step={pair?.tick} />
        <button type="button" class="small" aria-label="Price of the best bid" onClick={() => take('bid')}>
          bid
        </button>
        <button type="button" class="small" aria-label="Price of the best ask" onClick={() => take('ask')}>
          ask
        </button>
      </div>
      <AmountField store={store} name="quantity" label="Quantity" step={pair?.lot} />
      <label>
        <span>In force</span>
        <select
          name="timeInForce"
          value={timeInForce}
          onChange={({ currentTarget }) => write({ timeInForce: currentTarget.value === 'IOC' ? 'IOC' : 'GTE' })}
        >
          <option value="GTE">GTE, rests</option>
          <option value="IOC">IOC, at once or not</option>
        </select>
      </label>
      {canSign && <Need store={store} />}
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
