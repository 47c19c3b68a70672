/**
 * The market list: every symbol with its last price and how its day went.
 * In: the markets. Out: a list to choose from, by mouse, arrows or a few letters.
 */
import { useState } from 'preact/hooks';
import { MARKETS } from '../feeds/markets.ts';
import { brief, changeOf, digitsOf, nameOf, plain, shown } from '../figures.ts';
import type { Store } from '../store.ts';
import { ChangeText } from './changeText.tsx';
import { Panel } from './panel.tsx';
import { useSlice } from './useSlice.ts';

/** Moves within a list of buttons. */
const onArrows = (event: KeyboardEvent): void => {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button')];
  const at = rows.indexOf(document.activeElement as HTMLButtonElement);
  rows[(at + step + rows.length) % rows.length]?.focus();
  event.preventDefault();
};

export const MarketList = ({ store }: { readonly store: Store }) => {
  const pairs = useSlice(store.pairs);
  const { symbols, tickers } = useSlice(store.markets);
  const { symbol: here } = useSlice(store.place);
  const [filter, setFilter] = useState('');
  const named = (text: string): string[] =>
    symbols.filter((symbol) => `${symbol} ${nameOf(symbol).name}`.toUpperCase().includes(text.trim().toUpperCase()));
  const rows = named(filter);
  return (
    <Panel id="markets" title="Markets" health={store.health} keys={[MARKETS]}>
      <input
        class="filter"
        id="market-filter"
        type="search"
        placeholder="Filter  /"
        aria-label="Filter markets"
        autocomplete="off"
        value={filter}
        onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => {
          // Who types fast is ahead of what is drawn.
          const [first] = key === 'Enter' ? named(currentTarget.value) : [];
          if (first !== undefined) store.go({ symbol: first });
          if (key === 'ArrowDown') document.querySelector<HTMLElement>('.market-rows button')?.focus();
        }}
      />
      <div class="market-columns" aria-hidden="true">
        <span>Market, volume</span>
        <span>Last, 24 h</span>
      </div>
      <ul class="market-rows scroll" onKeyDown={onArrows}>
        {rows.map((symbol) => {
          const ticker = tickers.get(symbol);
          const pair = pairs.get(symbol);
          const { base, quote } = nameOf(symbol);
          return (
            <li key={symbol}>
              <button
                type="button"
                class="market-row"
                data-symbol={symbol}
                aria-current={symbol === here ? 'true' : undefined}
                title={ticker && `${symbol}, volume ${shown(ticker.volume, 0)} ${base}`}
                onClick={() => store.go({ symbol })}
              >
                <span class="market-name">
                  {plain(base)}
                  <span class="dim">/{plain(quote)}</span>
                </span>
                <span class="num">{ticker ? shown(ticker.lastPrice, pair ? digitsOf(pair.tick) : 0) : '–'}</span>
                <span class="dim market-volume num">{ticker ? `${brief(ticker.volume)} ${plain(base)}` : '–'}</span>
                <ChangeText change={ticker && changeOf(ticker.openPrice, ticker.lastPrice)} />
              </button>
            </li>
          );
        })}
        {rows.length === 0 && (
          <li class="empty">{symbols.length === 0 ? 'Waiting for the node' : 'No market has that name'}</li>
        )}
      </ul>
    </Panel>
  );
};
