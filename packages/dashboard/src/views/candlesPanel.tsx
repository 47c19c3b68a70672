/**
 * Candles with volume, in all intervals of the venue.
 * In: bars. Out: a chart, and the figures of one bar as text beside it: of the last, or the one that is pointed at.
 *
 * The library draws on a canvas of its own; only what changed is handed to it, once a frame.
 */
import { KLINE_INTERVALS } from 'dexwire';
import {
  CandlestickSeries,
  type CandlestickSeriesOptions,
  ColorType,
  createChart,
  type DeepPartial,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
} from 'lightweight-charts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { candleOf, volumeOf } from '../chartBars.ts';
import { CANDLES } from '../feeds/candles.ts';
import { brief, changeOf, digitsOf, shown } from '../figures.ts';
import type { Bar } from '../rest.ts';
import type { Store } from '../store.ts';
import { ChangeText } from './changeText.tsx';
import { Panel } from './panel.tsx';
import { useSlice } from './useSlice.ts';

interface Colors {
  readonly text: string;
  readonly line: string;
  readonly up: string;
  readonly down: string;
  readonly upSoft: string;
  readonly downSoft: string;
}

/** As the style sheet has them now: dark or light is settled once they are the colour of something. */
const colorsNow = (): Colors => {
  const probe = document.body.appendChild(document.createElement('i'));
  const color = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    text: color('--dim'),
    line: color('--line'),
    up: color('--up'),
    down: color('--down'),
    upSoft: color('--up-soft'),
    downSoft: color('--down-soft'),
  };
  probe.remove();
  return colors;
};

/** A rising candle is hollow and a falling one full, so that it does not hang on colour. */
const candleColors = ({ text, up, down }: Colors): DeepPartial<CandlestickSeriesOptions> => ({
  upColor: 'transparent',
  downColor: down,
  borderUpColor: up,
  borderDownColor: down,
  wickUpColor: up,
  wickDownColor: down,
  // Else it is that of the last candle, which is none if that one is hollow.
  priceLineColor: text,
});

const chartColors = ({ text, line }: Colors) => ({
  layout: { textColor: text, background: { type: ColorType.Solid, color: 'transparent' } },
  grid: { vertLines: { color: line }, horzLines: { color: line } },
  rightPriceScale: { borderColor: line },
  timeScale: { borderColor: line },
});

interface Drawing {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly volume: ISeriesApi<'Histogram'>;
  colors: Colors;
}

const draw = (host: HTMLElement): Drawing => {
  const colors = colorsNow();
  const chart = createChart(host, {
    ...chartColors(colors),
    autoSize: true,
    // The language of the page. That of the browser may be one that the engine itself does not know.
    localization: { locale: 'en', dateFormat: 'yyyy-MM-dd' },
    layout: {
      ...chartColors(colors).layout,
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: 11,
      // The notice that the licence asks for stands below the chart, where it can be read and tabbed to.
      attributionLogo: false,
    },
    timeScale: { borderColor: colors.line, timeVisible: true, secondsVisible: false, rightOffset: 4 },
  });
  const candles = chart.addSeries(CandlestickSeries, candleColors(colors));
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('right').applyOptions({ scaleMargins: { top: 0.08, bottom: 0.24 } });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } });
  return { chart, candles, volume, colors };
};

const Legend = ({ bar, digits }: { readonly bar: Bar | undefined; readonly digits: number }) => {
  const price = (name: 'open' | 'high' | 'low' | 'close') => (
    <span>
      <span class="dim">{name[0]?.toUpperCase()}</span> <span class="num">{bar ? shown(bar[name], digits) : '–'}</span>
    </span>
  );
  return (
    <p class="legend" data-testid="legend">
      {price('open')}
      {price('high')}
      {price('low')}
      {price('close')}
      <ChangeText change={bar && changeOf(bar.open, bar.close)} />
      <span>
        <span class="dim">Vol</span> <span class="num">{bar ? brief(bar.volume) : '–'}</span>
      </span>
    </p>
  );
};

const STEP = 8;

/** Arrows move the chart, plus and minus zoom it. */
const onKeys = ({ chart }: Drawing, event: KeyboardEvent): void => {
  const scale = chart.timeScale();
  const range = scale.getVisibleLogicalRange();
  if (!range) return;
  const width = range.to - range.from;
  const moves: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => scale.scrollToPosition(scale.scrollPosition() - STEP, false),
    ArrowRight: () => scale.scrollToPosition(scale.scrollPosition() + STEP, false),
    '+': () => scale.setVisibleLogicalRange({ from: range.from + width / 4, to: range.to }),
    '-': () => scale.setVisibleLogicalRange({ from: range.from - width / 3, to: range.to }),
    Home: () => scale.fitContent(),
    End: () => scale.scrollToRealTime(),
  };
  const move = moves[event.key];
  if (!move) return;
  move();
  event.preventDefault();
};

export const CandlesPanel = ({ store, theme }: { readonly store: Store; readonly theme: string }) => {
  const bars = useSlice(store.candles);
  const { symbol, interval } = useSlice(store.place);
  const pair = useSlice(store.pairs).get(symbol);
  const digits = pair ? digitsOf(pair.tick) : 2;
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing>(null);
  const shownFor = useRef('');
  const [pointedAt, setPointedAt] = useState<number>();

  useEffect(() => {
    if (!host.current) return;
    const made = draw(host.current);
    drawing.current = made;
    store.candles.value.redraw();
    made.chart.subscribeCrosshairMove(({ time }) => setPointedAt(typeof time === 'number' ? time * 1000 : undefined));
    return () => {
      drawing.current = null;
      made.chart.remove();
    };
  }, [store]);

  useEffect(() => {
    const made = drawing.current;
    if (!made) return;
    made.colors = colorsNow();
    made.chart.applyOptions(chartColors(made.colors));
    made.candles.applyOptions(candleColors(made.colors));
    bars.redraw();
    store.candles.changed();
  }, [theme]);

  useEffect(() => {
    drawing.current?.candles.applyOptions({
      priceFormat: { type: 'price', precision: digits, minMove: 10 ** -digits },
    });
  }, [digits, symbol]);

  useEffect(() => {
    const made = drawing.current;
    if (!made) return;
    const colors = [made.colors.upSoft, made.colors.downSoft] as const;
    const { isWhole, bars: list } = bars.take();
    if (isWhole) {
      made.candles.setData(list.map(candleOf));
      made.volume.setData(list.map((bar) => volumeOf(bar, colors)));
      const key = `${bars.symbol} ${bars.interval}`;
      if (key !== shownFor.current && list.length > 1) {
        shownFor.current = key;
        // As many bars as can be told apart; the rest is a scroll away.
        const room = Math.max(30, Math.floor((host.current?.clientWidth ?? 800) / 9));
        made.chart
          .timeScale()
          .setVisibleLogicalRange({ from: Math.max(list.length - room, -room / 3), to: list.length + 4 });
      }
      return;
    }
    const last = bars.last?.openTime ?? 0;
    for (const bar of list) {
      made.candles.update(candleOf(bar), bar.openTime < last);
      made.volume.update(volumeOf(bar, colors), bar.openTime < last);
    }
  });

  const { last } = bars;
  const bar = (pointedAt !== undefined && bars.at(pointedAt)) || last;
  return (
    <Panel
      id="candles"
      title="Candles"
      health={store.health}
      keys={[CANDLES]}
      tools={
        <fieldset class="intervals">
          <legend class="hidden">Interval</legend>
          {KLINE_INTERVALS.map((one) => (
            <button key={one} type="button" aria-pressed={one === interval} onClick={() => store.go({ interval: one })}>
              {one}
            </button>
          ))}
        </fieldset>
      }
    >
      <Legend bar={bar} digits={digits} />
      <div class="chart-frame">
        <div
          class="chart"
          ref={host}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved and zoomed by keys
          tabIndex={0}
          role="img"
          aria-label={`Candles of ${symbol}, ${interval}, ${bars.size} of them; arrows move, plus and minus zoom`}
          onKeyDown={(event) => drawing.current && onKeys(drawing.current, event)}
        />
      </div>
      <p class="notice dim">
        Times in UTC. Charts by <a href="https://www.tradingview.com/">TradingView</a>
      </p>
    </Panel>
  );
};
