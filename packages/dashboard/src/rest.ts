/**
 * What the page asks by REST: what was before it came.
 * In: a base URL and a `fetch`. Out: typed rows, with figures as their own text; an `Error` that says what is wrong.
 */
import {
  type Balance,
  type Decimal,
  isDecimal,
  type KlineInterval,
  ORDER_STATUSES,
  type OrderStatus,
  type Side,
} from 'dexwire';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface Pair {
  readonly symbol: string;
  readonly tick: Decimal;
  readonly lot: Decimal;
}

/** A candle, whether REST told it or a stream. */
export interface Bar {
  /** Milliseconds since the Unix epoch. */
  readonly openTime: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  /** Base units. */
  readonly volume: Decimal;
  readonly tradeCount: number;
}

export interface PastTrade {
  readonly tradeId: string;
  readonly symbol: string;
  readonly height: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly tick: string;
  readonly buyer: string;
  readonly seller: string;
}

export interface OpenOrder {
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly filled: Decimal;
  readonly status: OrderStatus;
  readonly time: number;
}

export interface PastTransfer {
  readonly txHash: string;
  readonly height: number;
  readonly from: string;
  readonly to: string;
  readonly asset: string;
  readonly amount: Decimal;
  readonly memo: string;
}

const member = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;

const wrong = (name: string): never => {
  throw new TypeError(`the member ${name} of the reply is not what it should be`);
};

const textAt = (from: unknown, name: string): string => {
  const value = member(from, name);
  return typeof value === 'string' ? value : wrong(name);
};

const decimalAt = (from: unknown, name: string): Decimal => {
  const value = member(from, name);
  return isDecimal(value) ? value : wrong(name);
};

const numberAt = (from: unknown, name: string): number => {
  const value = member(from, name);
  return typeof value === 'number' ? value : wrong(name);
};

const listAt = (from: unknown, name: string): unknown[] => {
  const value = name === '' ? from : member(from, name);
  return Array.isArray(value) ? value : wrong(name);
};

const readBar = (row: unknown): Bar => ({
  openTime: numberAt(row, '0'),
  open: decimalAt(row, '1'),
  high: decimalAt(row, '2'),
  low: decimalAt(row, '3'),
  close: decimalAt(row, '4'),
  volume: decimalAt(row, '5'),
  tradeCount: numberAt(row, '8'),
});

const readTrade = (row: unknown): PastTrade => ({
  tradeId: textAt(row, 'tradeId'),
  symbol: textAt(row, 'symbol'),
  height: numberAt(row, 'blockHeight'),
  price: decimalAt(row, 'price'),
  quantity: decimalAt(row, 'quantity'),
  time: numberAt(row, 'time'),
  tick: textAt(row, 'tickType'),
  buyer: textAt(row, 'buyerId'),
  seller: textAt(row, 'sellerId'),
});

const readOrder = (row: unknown): OpenOrder => ({
  orderId: textAt(row, 'orderId'),
  symbol: textAt(row, 'symbol'),
  side: numberAt(row, 'side') === 1 ? 'buy' : 'sell',
  price: decimalAt(row, 'price'),
  quantity: decimalAt(row, 'quantity'),
  filled: decimalAt(row, 'cumulateQuantity'),
  status: ORDER_STATUSES.find((status) => status === member(row, 'status')) ?? 'Unknown',
  time: Date.parse(textAt(row, 'orderCreateTime')),
});

const readTransfer = (row: unknown): PastTransfer => ({
  txHash: textAt(row, 'txHash'),
  height: numberAt(row, 'blockHeight'),
  from: textAt(row, 'fromAddr'),
  to: textAt(row, 'toAddr'),
  asset: textAt(row, 'txAsset'),
  amount: decimalAt(row, 'value'),
  memo: textAt(row, 'memo'),
});

const readBalance = (row: unknown): Balance => ({
  asset: textAt(row, 'symbol'),
  free: decimalAt(row, 'free'),
  frozen: decimalAt(row, 'frozen'),
  locked: decimalAt(row, 'locked'),
});

const readPair = (row: unknown): Pair => ({
  symbol: `${textAt(row, 'base_asset_symbol')}_${textAt(row, 'quote_asset_symbol')}`,
  tick: decimalAt(row, 'tick_size'),
  lot: decimalAt(row, 'lot_size'),
});

/** The largest page. */
const PAGE = 1000;

export class Rest {
  readonly #base: string;
  readonly #fetch: Fetch;

  constructor(base: string, fetch: Fetch) {
    this.#base = base;
    this.#fetch = fetch;
  }

  /** All pairs, those of mini tokens too, by name. */
  async pairs(signal: AbortSignal): Promise<Pair[]> {
    const lists = await Promise.all(
      ['/markets', '/mini/markets'].map((path) => this.#get(`${path}?limit=${PAGE}`, signal)),
    );
    return lists.flatMap((list) => listAt(list, '').map(readPair));
  }

  async bars(symbol: string, interval: KlineInterval, limit: number, signal: AbortSignal): Promise<Bar[]> {
    const query = new URLSearchParams({ symbol, interval, limit: String(limit) });
    return listAt(await this.#get(`/klines?${query}`, signal), '').map(readBar);
  }

  /** Newest first. @param of - Such as `{ symbol }` or `{ address }`. */
  async trades(of: Readonly<Record<string, string>>, limit: number, signal: AbortSignal): Promise<PastTrade[]> {
    const query = new URLSearchParams({ ...of, limit: String(limit) });
    const lists = await Promise.all(
      // By address each path tells of its own kind of pair.
      (of.symbol === undefined ? ['/trades', '/mini/trades'] : ['/trades']).map((path) =>
        this.#get(`${path}?${query}`, signal),
      ),
    );
    const all = lists.flatMap((list) => listAt(list, 'trade').map(readTrade));
    return all.sort((one, other) => other.time - one.time).slice(0, limit);
  }

  /** `undefined`: the chain has no such account. */
  async balances(address: string, signal: AbortSignal): Promise<Balance[] | undefined> {
    const body = await this.#get(`/account/${address}`, signal);
    return body === undefined ? undefined : listAt(body, 'balances').map(readBalance);
  }

  async openOrders(address: string, signal: AbortSignal): Promise<OpenOrder[]> {
    const query = new URLSearchParams({ address, limit: String(PAGE) });
    return listAt(await this.#get(`/orders/open?${query}`, signal), 'order').map(readOrder);
  }

  /** Newest first. */
  async transfers(address: string, limit: number, signal: AbortSignal): Promise<PastTransfer[]> {
    const query = new URLSearchParams({ address, txType: 'TRANSFER', limit: String(limit) });
    return listAt(await this.#get(`/transactions?${query}`, signal), 'tx').map(readTransfer);
  }

  async chainId(signal: AbortSignal): Promise<string> {
    return textAt(member(await this.#get('/node-info', signal), 'node_info'), 'network');
  }

  /** @returns `undefined` for 404. @throws An `Error` with the node's own words. */
  async #get(path: string, signal: AbortSignal): Promise<unknown> {
    const response = await this.#fetch(`${this.#base}${path}`, { signal });
    if (response.status === 404) return undefined;
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: status ${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text);
  }
}
