/**
 * The head of the page: the symbol that is looked at, and its last 24 hours.
 * In: the ticker, the pair, the chain. Out: figures with their names.
 */
import type { Decimal } from 'dexwire';
import { CHAIN } from '../feeds/chain.ts';
import { TICKER } from '../feeds/ticker.ts';
import { brief, changeOfRatio, digitsOf, nameOf, plain, shown } from '../figures.ts';
import type { Store } from '../store.ts';
import { ChangeText } from './changeText.tsx';
import { Fresh } from './fresh.tsx';
import { useSlice } from './useSlice.ts';

const Figure = ({ name, value, tip }: { readonly name: string; readonly value: string; readonly tip?: string }) => (
  <div class="figure">
    <dt>{name}</dt>
    <dd class="num" title={tip}>
      {value}
    </dd>
  </div>
);

const Blocks = ({ store }: { readonly store: Store }) => {
  const { height, rate } = useSlice(store.chain);
  return (
    <>
      <Figure name="Block" value={height === undefined ? '–' : String(height)} />
      <Figure name="Blocks a second" value={rate === undefined ? '–' : rate.toFixed(2)} />
    </>
  );
};

export const TickerHeader = ({ store }: { readonly store: Store }) => {
  const { symbol } = useSlice(store.place);
  const ticker = useSlice(store.ticker);
  const pairs = useSlice(store.pairs);
  const pair = pairs.get(symbol);
  const { base, quote, name } = nameOf(symbol);
  const digits = pair ? digitsOf(pair.tick) : 0;
  const price = (value: Decimal): string => shown(value, digits);
  return (
    <section class="ticker" id="ticker" aria-labelledby="ticker-title">
      <div class="ticker-name">
        <h1 id="ticker-title">{symbol === '' ? 'dexwire' : name}</h1>
        {symbol === '' || pair || pairs.size === 0 ? (
          <span class="dim mono">{symbol}</span>
        ) : (
          <span class="problem" role="alert">
            The node has no market {symbol}
          </span>
        )}
      </div>
      <div class="ticker-last">
        <span class="last num" data-testid="last">
          {ticker ? price(ticker.lastPrice) : '–'}
        </span>
        <ChangeText change={ticker && changeOfRatio(ticker.priceChangePercent)} />
      </div>
      <dl class="figures">
        <Figure name="24 h high" value={ticker ? price(ticker.highPrice) : '–'} />
        <Figure name="24 h low" value={ticker ? price(ticker.lowPrice) : '–'} />
        <Figure
          name={`Volume ${plain(base)}`}
          value={ticker ? brief(ticker.volume) : '–'}
          {...(ticker && { tip: `${shown(ticker.volume, 0)} ${base}` })}
        />
        <Figure
          name={`Volume ${plain(quote)}`}
          value={ticker ? brief(ticker.quoteVolume) : '–'}
          {...(ticker && { tip: `${shown(ticker.quoteVolume, 0)} ${quote}` })}
        />
        <Figure name="Bid" value={ticker ? price(ticker.bidPrice) : '–'} />
        <Figure name="Ask" value={ticker ? price(ticker.askPrice) : '–'} />
        <Figure name="Trades" value={ticker ? String(ticker.tradeCount) : '–'} />
        <Blocks store={store} />
      </dl>
      <Fresh health={store.health} keys={[TICKER, CHAIN]} />
    </section>
  );
};
