/**
 * The account of an address: balances, open orders, fills, transfers, one behind the other.
 * In: the account, an address that is typed. Out: tabs with tables; a cancel beside each order whose key is known here.
 */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Account, BALANCES, ORDERS, TRANSFERS } from '../feeds/account.ts';
import { plain, shown, timeOfDay } from '../figures.ts';
import { isVenueAddress } from '../place.ts';
import type { OpenOrder } from '../rest.ts';
import type { Store } from '../store.ts';
import { Panel } from './panel.tsx';
import { Tabs } from './tabs.tsx';
import { useSlice } from './useSlice.ts';

const short = (address: string): string => `${address.slice(0, 9)}…${address.slice(-4)}`;

interface TableProps {
  readonly name: string;
  readonly heads: readonly string[];
  readonly empty: string;
  readonly rows: readonly ComponentChildren[];
}

const Table = ({ name, heads, empty, rows }: TableProps) =>
  rows.length === 0 ? (
    <p class="empty">{empty}</p>
  ) : (
    <table class="rows">
      <caption class="hidden">{name}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head === '' ? <span class="hidden">Action</span> : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  );

/** What an order and a fill have in common. */
const DealCells = ({ symbol, side, price, quantity }: Pick<OpenOrder, 'symbol' | 'side' | 'price' | 'quantity'>) => (
  <>
    <th scope="row">{symbol}</th>
    <td>
      <span data-side={side}>{side === 'buy' ? '▲ Buy' : '▼ Sell'}</span>
    </td>
    <td class="num">{shown(price, 0)}</td>
    <td class="num">{shown(quantity, 0)}</td>
  </>
);

const Balances = ({ account: { balances } }: { readonly account: Account }) => (
  <Table
    name="Balances"
    heads={['Asset', 'Free', 'In orders', 'Frozen']}
    empty={balances === undefined ? 'Asking the node' : 'The chain does not know this address yet'}
    rows={(balances === undefined || balances === 'none' ? [] : balances).map(({ asset, free, locked, frozen }) => (
      <tr key={asset} data-asset={asset}>
        <th scope="row">{asset}</th>
        <td class="num">{shown(free, 0)}</td>
        <td class="num">{shown(locked, 0)}</td>
        <td class="num">{shown(frozen, 0)}</td>
      </tr>
    ))}
  />
);

const Orders = ({ account, store }: { readonly account: Account; readonly store: Store }) => (
  <Table
    name="Open orders"
    heads={['Market', 'Side', 'Price', 'Quantity', 'Filled', '']}
    empty={account.isLoaded ? 'No order is open' : 'Asking the node'}
    rows={account.openOrders.map(({ filled, ...order }) => (
      <tr key={order.orderId} data-order={order.orderId}>
        <DealCells {...order} />
        <td class="num">{shown(filled, 0)}</td>
        <td>
          {store.trading.canSign(account.address) && (
            <button
              type="button"
              class="small"
              aria-label={`Cancel ${order.side} ${shown(order.quantity, 0)} ${order.symbol} at ${shown(order.price, 0)}`}
              onClick={() => void store.trading.cancel(account.address, order.symbol, order.orderId)}
            >
              Cancel
            </button>
          )}
        </td>
      </tr>
    ))}
  />
);

const Fills = ({ account }: { readonly account: Account }) => (
  <Table
    name="Fills"
    heads={['Market', 'Side', 'Price', 'Quantity', 'Time, UTC']}
    empty={account.isLoaded ? 'No fill yet' : 'Asking the node'}
    rows={account.fills.map(({ key, time, isRepaired, ...fill }) => (
      <tr key={key}>
        <DealCells {...fill} />
        <td class="num dim">
          {isRepaired ? '↺ ' : ''}
          {timeOfDay(time)}
        </td>
      </tr>
    ))}
  />
);

const Transfers = ({ account }: { readonly account: Account }) => (
  <Table
    name="Transfers"
    heads={['Way', 'Amount', 'Other side', 'Memo', 'Block']}
    empty={account.isLoaded ? 'No transfer yet' : 'Asking the node'}
    rows={account.transfers.map(({ key, direction, asset, amount, other, memo, height }) => (
      <tr key={key}>
        <th scope="row">{direction === 'in' ? '↓ in' : '↑ out'}</th>
        <td class="num">
          {shown(amount, 0)} {plain(asset)}
        </td>
        <td class="mono" title={other}>
          {short(other)}
        </td>
        <td class="memo">{memo}</td>
        <td class="num dim">{height}</td>
      </tr>
    ))}
  />
);

const AddressForm = ({ store }: { readonly store: Store }) => {
  const { address } = useSlice(store.place);
  const { accounts } = useSlice(store.trading.desk);
  const [problem, setProblem] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // Chosen elsewhere, it stands here too; what is being typed stays.
  useLayoutEffect(() => {
    if (input.current) input.current.value = address;
    setProblem('');
  }, [address]);
  return (
    <form
      class="address-form"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = String(new FormData(event.currentTarget).get('address') ?? '')
          .trim()
          .toLowerCase();
        const isGood = typed === '' || isVenueAddress(typed);
        setProblem(isGood ? '' : 'That is no address');
        if (isGood) store.go({ address: typed });
      }}
    >
      <input
        id="address"
        name="address"
        class="mono"
        ref={input}
        placeholder="tbnb1…"
        aria-label="Address whose account is shown"
        aria-invalid={problem !== ''}
        list="known-accounts"
        autocomplete="off"
        spellcheck={false}
      />
      <datalist id="known-accounts">
        {accounts.map((account) => (
          <option key={account.address} value={account.address}>
            {account.name}
          </option>
        ))}
      </datalist>
      <button type="submit" class="small">
        Show
      </button>
      {problem !== '' && (
        <span role="alert" class="problem">
          {problem}
        </span>
      )}
    </form>
  );
};

export const AccountPanel = ({ store }: { readonly store: Store }) => {
  const account = useSlice(store.account);
  const { accounts } = useSlice(store.trading.desk);
  const name = accounts.find(({ address }) => address === account?.address)?.name;
  return (
    <Panel
      id="account"
      title={name === undefined ? 'Account' : `Account of ${name}`}
      health={store.health}
      keys={account ? [ORDERS, BALANCES, TRANSFERS] : []}
      tools={<AddressForm store={store} />}
    >
      {account ? (
        <Tabs
          name="Account"
          tabs={[
            { id: 'balances', label: 'Balances', content: <Balances account={account} /> },
            {
              id: 'orders',
              label: `Open orders ${account.isLoaded ? account.openOrders.length : ''}`,
              content: <Orders account={account} store={store} />,
            },
            { id: 'fills', label: 'Fills', content: <Fills account={account} /> },
            { id: 'transfers', label: 'Transfers', content: <Transfers account={account} /> },
          ]}
        />
      ) : (
        <p class="empty">
          Give an address to see its balances, orders, fills and transfers
          {accounts.length > 0 && (
            <span class="known">
              {accounts.map(({ name: known, address }) => (
                <button key={address} type="button" class="small" onClick={() => store.go({ address })}>
                  {known}
                </button>
              ))}
            </span>
          )}
        </p>
      )}
    </Panel>
  );
};
