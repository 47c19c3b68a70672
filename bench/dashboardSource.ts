/**
 * A venue in a page that does nothing but send: frames as fast as it is told, for the bench of the dashboard.
 * In: a rate; commands of a client. Out: frames of the streams that are wanted, each in a task of its own as from a socket; a
 * `fetch` that knows a few answers. The book that its frames tell of is one book: diffs lead to depths.
 */
import type { Socket, SocketFactory } from 'dexwire';

const SYMBOL = 'BNB_BUSD-BD1';
const ADDRESS = 'tbnb1qvtwkp8hdhas6y70vcz8dq8mcy5a2ylf2zh37s';

const SYMBOLS = ['BNB', 'ETH-1C9', 'XRP-BF2', 'RUNE-67C', 'BTCB-1DE', 'USDT.B-B7C', 'XYZ-12A', 'PLAY-7F3'].map(
  (base) => `${base}_BUSD-BD1`,
);
const LEVELS = 60;
const BLOCK_MS = 400;
const SECOND_MS = 1000;
const TICK_MS = 4;
const ORDER = `${'A'.repeat(40)}-1`;

/** Of each twenty frames. */
const MIX = [
  ...Array<'trades'>(7).fill('trades'),
  ...Array<'marketDiff'>(8).fill('marketDiff'),
  ...(['kline_1m', 'kline_1m', 'ticker', 'allMiniTickers', 'accounts'] as const),
];

const price = (place: number, isBid: boolean): string => (isBid ? 300 - place / 10 : 300.1 + place / 10).toFixed(8);
const amount = (value: number): string => (1 + (value % 977) / 100).toFixed(8);

interface PageSource {
  readonly openSocket: SocketFactory;
  readonly fetch: (url: string) => Promise<Response>;
  /** Frames a second from here on; 0: none. */
  setRate(perSecond: number): void;
  /** So far. */
  readonly sent: number;
}

export const openSource = (): PageSource => {
  let height = 1_000_000;
  let rate = 0;
  let sent = 0;
  let count = 0;
  let socket: Socket | undefined;
  const wanted = new Set<string>();
  const book = {
    bids: Array.from({ length: LEVELS }, (_, i) => i),
    asks: Array.from({ length: LEVELS }, (_, i) => i * 7),
  };
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }) => socket?.onText?.(data as string);
  const send = (topic: string, data: string): void => {
    if (!wanted.has(topic)) return;
    sent++;
    port1.postMessage(`{"stream":"${topic}","data":${data}}`);
  };

  const levels = (isBid: boolean, most: number): string =>
    `[${(isBid ? book.bids : book.asks)
      .slice(0, most)
      .map((value, place) => `["${price(place, isBid)}","${amount(value)}"]`)
      .join(',')}]`;
  const depth = (topic: string): void => {
    const most = topic === 'marketDepth' ? 20 : LEVELS;
    send(
      topic,
      `{"lastUpdateId":${height},"symbol":"${SYMBOL}","bids":${levels(true, most)},"asks":${levels(false, most)}}`,
    );
  };
  const block = (): void => {
    height++;
    send('blockheight', `{"h":${height}}`);
  };
  const seconds = (): number => Math.floor(Date.now() / SECOND_MS);

  const frames: Readonly<Record<(typeof MIX)[number], () => void>> = {
    trades: () =>
      send(
        'trades',
        `[{"e":"trade","E":${height},"s":"${SYMBOL}","t":"${height}-${count}","p":"${price(count % 9, count % 2 === 0)}",` +
          `"q":"${amount(count)}","b":"${ORDER}","a":"${ORDER}","T":${Date.now()}000000,"sa":"${ADDRESS}","ba":"${ADDRESS}","tt":${1 + (count % 2)}}]`,
      ),
    marketDiff: () => {
      const isBid = count % 2 === 0;
      const side = isBid ? book.bids : book.asks;
      const changed = [count % 18, (count * 7) % LEVELS].map((place) => {
        side[place] = count + place;
        return `["${price(place, isBid)}","${amount(side[place])}"]`;
      });
      send(
        'marketDiff',
        `{"e":"depthUpdate","E":${seconds()},"s":"${SYMBOL}","b":[${isBid ? changed : ''}],"a":[${isBid ? '' : changed}]}`,
      );
    },
    kline_1m: () => {
      const open = Math.floor(Date.now() / 60_000) * 60_000;
      send(
        'kline_1m',
        `{"e":"kline","E":${seconds()},"s":"${SYMBOL}","k":{"s":"${SYMBOL}","t":${open},"T":${open + 59_999},"i":"1m",` +
          `"f":"1-0","L":"2-0","o":"300.00000000","c":"${price(count % 9, true)}","h":"301.00000000","l":"299.00000000",` +
          `"v":"${amount(count)}","q":"1.00000000","n":${count},"x":false}}`,
      );
    },
    ticker: () =>
      send(
        'ticker',
        `{"e":"24hrTicker","E":${seconds()},"s":"${SYMBOL}","p":"0.10000000","P":"0.00${10 + (count % 90)}0000","w":"300.00000000",` +
          `"x":"300.00000000","c":"${price(count % 9, true)}","Q":"1.00000000","b":"${price(0, true)}","B":"1.00000000","a":"${price(0, false)}",` +
          `"A":"1.00000000","o":"299.00000000","h":"301.00000000","l":"299.00000000","v":"${amount(count)}","q":"${amount(count)}",` +
          `"O":1,"C":2,"F":"1-0","L":"2-0","n":${count}}`,
      ),
    allMiniTickers: () =>
      send(
        'allMiniTickers',
        `[${SYMBOLS.map(
          (symbol) =>
            `{"e":"24hrMiniTicker","E":${seconds()},"s":"${symbol}","c":"${price(count % 9, true)}","o":"299.00000000","h":"301.00000000",` +
            `"l":"299.00000000","v":"${amount(count)}","q":"${amount(count)}"}`,
        )}]`,
      ),
    accounts: () =>
      send(
        'accounts',
        `{"e":"outboundAccountInfo","E":${height},"B":[{"a":"BNB","f":"${amount(count)}","r":"0.00000000","l":"${amount(count * 3)}"}]}`,
      ),
  };

  let due = 0;
  let last = performance.now();
  let blockAt = last;
  let secondAt = last;
  setInterval(() => {
    const now = performance.now();
    due += ((now - last) * rate) / SECOND_MS;
    last = now;
    for (; due >= 1; due--) {
      count++;
      frames[MIX[count % MIX.length] ?? 'trades']();
    }
    if (now - blockAt >= BLOCK_MS) {
      blockAt = now;
      block();
    }
    if (now - secondAt >= SECOND_MS) {
      secondAt = now;
      depth('marketDepth');
    }
  }, TICK_MS);

  const obey = (text: string): void => {
    const { method, topic } = JSON.parse(text) as { method: string; topic: string };
    if (method === 'unsubscribe') wanted.delete(topic);
    if (method !== 'subscribe') return;
    wanted.add(topic);
    if (topic === 'blockheight') block();
    else if (topic.startsWith('marketDepth')) depth(topic);
    else if (topic in frames) frames[topic as (typeof MIX)[number]]();
  };

  const answers: Readonly<Record<string, unknown>> = {
    markets: SYMBOLS.map((symbol) => ({
      base_asset_symbol: symbol.split('_')[0],
      quote_asset_symbol: 'BUSD-BD1',
      tick_size: '0.10000000',
      lot_size: '0.01000000',
    })),
    'node-info': { node_info: { network: 'bench' } },
    trades: { trade: [] },
    open: { order: [] },
    transactions: { tx: [] },
    [ADDRESS]: { balances: [] },
  };

  return {
    openSocket: () => {
      const opened: Socket = { send: obey, close: () => opened.onClose?.(1000, ''), terminate: () => {} };
      socket = opened;
      setTimeout(() => opened.onOpen?.(), 0);
      return opened;
    },
    fetch: (url) => {
      const last = new URL(url).pathname.split('/').at(-1) ?? '';
      const isMini = url.includes('/mini/');
      const body = isMini && last === 'markets' ? [] : answers[last];
      return Promise.resolve(
        last.startsWith('tbnb1') && last !== ADDRESS
          ? new Response('', { status: 404 })
          : new Response(JSON.stringify(body ?? [])),
      );
    },
    setRate: (perSecond) => {
      rate = perSecond;
    },
    get sent() {
      return sent;
    },
  };
};
