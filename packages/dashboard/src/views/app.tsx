/**
 * The page: its panels in their places, and the keys that work everywhere.
 * In: the store. Out: all of the document but its head.
 */
import { KLINE_INTERVALS, type Side } from 'dexwire';
import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../store.ts';
import { applyTheme, isSystemDark, nextTheme, onSystemTheme, readTheme } from '../theme.ts';
import { AccountPanel } from './accountPanel.tsx';
import { BookPanel } from './bookPanel.tsx';
import { CandlesPanel } from './candlesPanel.tsx';
import { DepthPanel } from './depthPanel.tsx';
import { HealthStrip } from './healthStrip.tsx';
import { Help } from './help.tsx';
import { MarketList } from './marketList.tsx';
import { TapePanel } from './tapePanel.tsx';
import { TickerHeader } from './tickerHeader.tsx';
import { TradePanel } from './tradePanel.tsx';

/** In the order of the number keys. */
const PANELS = [
  ['candles', 'Chart'],
  ['book', 'Book'],
  ['tape', 'Trades'],
  ['depth', 'Depth'],
  ['markets', 'Markets'],
  ['account', 'Account'],
  ['trade', 'Node'],
] as const;

const THEME_NAMES = { auto: 'as the system', dark: 'dark', light: 'light' } as const;

const focusOn = (id: string): void => {
  const found = document.getElementById(id);
  found?.scrollIntoView({ block: 'nearest' });
  found?.focus();
};

const after = <T,>(list: readonly T[], at: T, step: number): T | undefined =>
  list[(list.indexOf(at) + step + list.length) % list.length];

const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

export const App = ({ store }: { readonly store: Store }) => {
  const [theme, setTheme] = useState(readTheme);
  const [isDark, setDark] = useState(isSystemDark);
  const [isHelpOpen, setHelp] = useState(false);
  const changeTheme = (): void =>
    setTheme((before) => {
      const next = nextTheme(before);
      applyTheme(next);
      return next;
    });
  useEffect(() => onSystemTheme(setDark), []);

  useEffect(() => {
    const goMarket = (step: number): void => {
      const symbol = after(store.markets.value.symbols, store.place.value.symbol, step);
      if (symbol !== undefined) store.go({ symbol });
    };
    const goInterval = (step: number): void => {
      const interval = after(KLINE_INTERVALS, store.place.value.interval, step);
      if (interval !== undefined) store.go({ interval });
    };
    const writeOrder = (side: Side): void => {
      document.getElementById('node-order-tab')?.click();
      store.trading.write({ side });
      // The tab is drawn with the next frame, before this.
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[name=price]')?.focus());
    };
    const keys: Readonly<Record<string, () => void>> = {
      '?': () => setHelp(true),
      '/': () => focusOn('market-filter'),
      a: () => focusOn('address'),
      b: () => writeOrder('buy'),
      s: () => writeOrder('sell'),
      t: changeTheme,
      h: () => document.getElementById('health-more')?.click(),
      j: () => goMarket(1),
      k: () => goMarket(-1),
      '[': () => goInterval(-1),
      ']': () => goInterval(1),
      ...Object.fromEntries(PANELS.map(([id], place) => [String(place + 1), () => focusOn(id)])),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event)) {
        if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
        return;
      }
      const act = keys[event.key];
      if (!act || document.querySelector('dialog[open]')) return;
      act();
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [store]);

  return (
    <>
      <header class="top">
        <TickerHeader store={store} />
        <div class="top-tools">
          <button
            type="button"
            class="small"
            onClick={changeTheme}
            aria-label={`Colours: ${theme}`}
            title={`Colours: ${THEME_NAMES[theme]}`}
          >
            <span aria-hidden="true">◐</span> {theme}
          </button>
          <button type="button" class="small" onClick={() => setHelp(true)} aria-label="Keys">
            ?
          </button>
        </div>
      </header>
      <nav class="jump" aria-label="Panels">
        {PANELS.map(([id, name]) => (
          <a
            key={id}
            href={`#${id}`}
            onClick={(event) => {
              event.preventDefault();
              focusOn(id);
            }}
          >
            {name}
          </a>
        ))}
      </nav>
      <main class="panels">
        <MarketList store={store} />
        <CandlesPanel store={store} theme={`${theme} ${isDark}`} />
        <BookPanel store={store} />
        <TapePanel store={store} />
        <DepthPanel store={store} />
        <AccountPanel store={store} />
        <TradePanel store={store} />
      </main>
      <HealthStrip store={store} />
      <Help isOpen={isHelpOpen} onClose={() => setHelp(false)} />
    </>
  );
};
