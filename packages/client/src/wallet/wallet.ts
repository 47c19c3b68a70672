/**
 * Trading for one account over one connection: `wallet`, and the wiring behind it.
 * In: a `Dex`, a private key. Out: a `Wallet`, whose calls resolve with what the chain made of them.
 *
 *     wallet.ts -> sender.ts: signer.ts, rest.ts -> the chain -> watch.ts -> outcome.ts -> the caller
 */
import {
  type Balance,
  type Decimal,
  formatDecimal,
  formatOrderId,
  type Height,
  isAddress,
  type OrderReport,
  parseOrderId,
  type Side,
  type TimeInForce,
  type Transfer,
} from '@dexwire/protocol';
import { type CoinUnits, MAX_UNITS, type Send, type TransferSide } from '@dexwire/protocol/transactions';
import { fetchTrusting } from '#fetch';
import type { Dex } from '../connection.ts';
import type { Fetch } from '../rest/ask.ts';
import { abortable } from '../wait.ts';
import { orderUnits, type Sizes, shown, unitsOf } from './amounts.ts';
import { Call, type CallOptions, durationAs } from './call.ts';
import { Ending } from './ending.ts';
import { invalid, WalletError } from './errors.ts';
import { Outcome, type Telling } from './outcome.ts';
import { isFailed, type MarketSizes, type Order } from './reading.ts';
import { Rest, restOf } from './rest.ts';
import { type Prepared, Sender } from './sender.ts';
import { Signer } from './signer.ts';
import { Watch } from './watch.ts';

/** Each has a default. Times in milliseconds, on the clock of the connection. */
export interface WalletOptions {
  /** Of addresses. Default: `bnb` if the chain is `Binance-Chain-Tigris`, else `tbnb`. */
  readonly prefix?: string;
  /** Default: the runtime's; in Node.js one that verifies certificates as the connection does, by its `ca` if it has one. */
  readonly fetch?: Fetch;
  /** How long a call may take, unless it says so itself. Default: 30,000. */
  readonly within?: number;
  /** How long a REST request may take. Default: 10,000. */
  readonly requestTimeout?: number;
}

export interface NewOrderOptions extends CallOptions {
  /** Such as `BNB_BTCB-1DE`. */
  readonly symbol: string;
  readonly side: Side;
  /** Quote units for one base unit, as decimal text: `'0.0101'`. */
  readonly price: Decimal | string;
  /** Base units, as decimal text. */
  readonly quantity: Decimal | string;
  /** Default: `GTE`. */
  readonly timeInForce?: TimeInForce;
  /**
   * Moves the price to the tick, down for a buy and up for a sell, and the quantity down to the lot. Without it a figure
   * that is off its tick or lot is an error, which has the nearest that are not.
   */
  readonly round?: boolean;
}

export interface CancelOptions extends CallOptions {
  readonly symbol: string;
  readonly orderId: string;
}

/** So much of one asset. */
export interface CoinAmount {
  readonly asset: string;
  /** Decimal text. */
  readonly amount: Decimal | string;
}

export interface SendOptions extends CallOptions, CoinAmount {
  /** Address of the receiver. */
  readonly to: string;
  /** At most 128 bytes of UTF-8; everybody can read it. */
  readonly memo?: string;
}

export interface Receiver {
  readonly address: string;
  /** Each asset once. */
  readonly coins: readonly CoinAmount[];
}

export interface MultiSendOptions extends CallOptions {
  readonly to: readonly Receiver[];
  readonly memo?: string;
}

export interface OpenOrdersOptions extends CallOptions {
  /** Of this pair only. */
  readonly symbol?: string;
}

/** What a block made of an order, or of its cancel. */
export interface OrderOutcome {
  readonly orderId: string;
  /** 64 upper-case hex digits. */
  readonly txHash: string;
  /** Of the block that took it. */
  readonly height: Height;
  /** All reports of that block about the order: Ack and fills, the end of an IOC order, or Canceled. */
  readonly reports: readonly OrderReport[];
  /**
   * Only if the reports were missed, in a gap of the stream: `reports` is empty then, and this is the order as REST tells
   * of it, perhaps some blocks later; `undefined` if REST does not remember it either.
   */
  readonly order?: Order | undefined;
}

/**
 * Trades for one account. Transactions go out in the order of the calls, and none waits for the block of the one before.
 *
 * Every call rejects with a `WalletError`, or with the reason of its signal.
 */
export interface Wallet extends AsyncDisposable {
  /** Places a limit order. Resolves with what the block that took it has made of it. */
  placeOrder(order: NewOrderOptions): Promise<OrderOutcome>;
  cancelOrder(order: CancelOptions): Promise<OrderOutcome>;
  /** Sends one asset to one address. Resolves once a block has it. */
  send(transfer: SendOptions): Promise<Transfer>;
  /** One transaction for all receivers. */
  multiSend(transfers: MultiSendOptions): Promise<Transfer>;
  /** All that the account has; nothing if the chain does not know it. */
  balances(options?: CallOptions): Promise<Balance[]>;
  /** All of them, newest first. */
  openOrders(options?: OpenOrdersOptions): Promise<Order[]>;
  /** Of the account, with the prefix of the network. */
  address(options?: CallOptions): Promise<string>;
  /** Asks for all that a first order would have to ask for, and subscribes. Calls do so themselves. */
  ready(options?: CallOptions): Promise<void>;
  /** Resolves when every call so far has been answered for by the gateway, or has failed: no transaction is on its way. */
  sent(options?: CallOptions): Promise<void>;
  /** Ends all calls that wait, and the subscriptions; the connection stays. Final. */
  close(): Promise<void>;
}

interface Identity {
  readonly chainId: string;
  readonly prefix: string;
  readonly address: string;
}

type Markets = ReadonlyMap<string, MarketSizes>;

/** A transaction, up to its turn, and how its outcome is known. */
interface Plan<T> extends Telling<T> {
  readonly memo?: string | undefined;
  /** Checks everything that can be checked before, and asks for what that takes. */
  prepare(identity: Identity, signal: AbortSignal): Promise<Prepared['message']>;
}

const MAINNET = 'Binance-Chain-Tigris';

/** The chain's code for an order with wrong figures, such as sizes that are not the pair's any more. */
const BAD_ORDER = 393_617;
/** Tick and lot of a pair may change in the first block of a UTC day. */
const DAY_MS = 86_400_000;

const LIMIT = 2;
const SIDES = { buy: 1, sell: 2 } as const satisfies Record<Side, number>;
const TIMES_IN_FORCE = { GTE: 1, IOC: 3 } as const satisfies Record<TimeInForce, number>;

/** What is fetched once, shared by all who ask, and asked for again after a failure. */
class Shared<T> {
  #value: Promise<T> | undefined;
  readonly #fetch: () => Promise<T>;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  get(): Promise<T> {
    if (this.#value) return this.#value;
    const value = this.#fetch();
    this.#value = value;
    value.catch(() => this.drop(value));
    return value;
  }

  /** @param value - Dropped only if it is still the one that is shared. */
  drop(value: Promise<T> | undefined = this.#value): void {
    if (this.#value === value) this.#value = undefined;
  }

  get known(): Promise<T> | undefined {
    return this.#value;
  }
}

const byAsset = (a: CoinUnits, b: CoinUnits): number => (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0);

const textAs = (name: string, value: unknown): string => {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(name, `found ${shown(value)}, expected text`);
};

/** @param wanted - Its members, for the error. */
const objectAs = <T>(name: string, value: T, wanted: string): T => {
  if (typeof value === 'object' && value !== null) return value;
  throw invalid(name, `found ${shown(value)}, expected ${wanted}`);
};

const oneOf = <T extends object>(name: string, value: unknown, allowed: T): T[keyof T] => {
  if (typeof value === 'string' && Object.hasOwn(allowed, value)) return allowed[value as keyof T];
  throw invalid(name, `found ${shown(value)}, expected ${Object.keys(allowed).join(' or ')}`);
};

/** The outputs of a transfer: the chain wants coins by asset in byte order, each once. */
const outputsOf = (to: readonly Receiver[], prefix: string): TransferSide[] => {
  if (!Array.isArray(to) || !to.length) throw invalid('to', 'expected at least one receiver');
  return to.map((receiver: Receiver, place) => {
    const at = `to[${place}]`;
    const { address, coins } = objectAs(at, receiver, '{ address, coins }');
    if (!isAddress(address, prefix))
      throw invalid(`${at}.address`, `expected an address of this network, ${prefix}1...`);
    if (!Array.isArray(coins) || !coins.length) throw invalid(`${at}.coins`, 'expected at least one coin');
    const units = (coins as readonly CoinAmount[]).map((coin, index) => {
      const { asset, amount } = objectAs(`${at}.coins[${index}]`, coin, '{ asset, amount }');
      return {
        asset: textAs(`${at}.coins[${index}].asset`, asset).toUpperCase(),
        amount: unitsOf(`${at}.coins[${index}].amount`, amount),
      };
    });
    if (new Set(units.map(({ asset }) => asset)).size < units.length)
      throw invalid(`${at}.coins`, 'an asset is there twice; add the amounts up');
    return { address: address.toLowerCase(), coins: units.sort(byAsset) };
  });
};

/** The sender's side: the sum of all outputs. */
const inputOf = (address: string, outputs: readonly TransferSide[]): TransferSide => {
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of outputs.flatMap(({ coins }) => coins)) {
    const sum = (sums.get(asset) ?? 0n) + amount;
    if (sum > MAX_UNITS) throw invalid('to', `more ${asset} in all than there can be`);
    sums.set(asset, sum);
  }
  return { address, coins: [...sums].map(([asset, amount]) => ({ asset, amount })).sort(byAsset) };
};

/** A transfer as the stream would have told of it. */
const transferOf = ({ inputs, outputs }: Send, height: Height, txHash: string, memo: string): Transfer => ({
  eventType: 'outboundTransferInfo',
  height,
  txHash,
  memo,
  from: inputs[0]?.address ?? '',
  to: outputs.map(({ address, coins }) => ({
    address,
    coins: coins.map(({ asset, amount }) => ({ asset, amount: formatDecimal(amount, 8) })),
  })),
});

class OpenWallet implements Wallet {
  readonly #dex: Dex;
  readonly #signer: Signer;
  readonly #rest: Rest;
  readonly #sender: Sender;
  readonly #watch: Watch;
  readonly #within: number;
  readonly #ending = new Ending();
  readonly #identity: Shared<Identity>;
  readonly #markets: Shared<Markets>;
  #marketsDay = 0;

  constructor(dex: Dex, key: string | Uint8Array, options: WalletOptions) {
    const { fetch = fetchTrusting(dex.ca), within = 30_000, requestTimeout = 10_000, prefix } = options;
    this.#dex = dex;
    this.#signer = new Signer(key);
    this.#within = durationAs('within', within);
    this.#rest = new Rest({
      base: restOf(dex.network),
      fetch,
      clock: dex.clock,
      timeout: durationAs('requestTimeout', requestTimeout),
      ending: this.#ending,
    });
    this.#sender = new Sender(this.#rest, this.#signer, dex.clock);
    this.#watch = new Watch(dex);
    this.#identity = new Shared(async () => {
      const chainId = await this.#rest.chainId();
      const used = prefix ?? (chainId === MAINNET ? 'bnb' : 'tbnb');
      return { chainId, prefix: used, address: this.#signer.address(used) };
    });
    this.#markets = new Shared(async () => {
      this.#marketsDay = this.#day;
      const markets = await this.#rest.markets();
      return new Map(markets.map((market) => [market.symbol, market]));
    });
    void this.#hearEnd();
  }

  async placeOrder(options: NewOrderOptions): Promise<OrderOutcome> {
    objectAs('order', options, '{ symbol, side, price, quantity }');
    const { side, price, quantity, timeInForce = 'GTE', round = false } = options;
    let sender = '';
    let symbol = '';
    const idOf = (sequence: number): string => formatOrderId(sender, sequence + 1);
    try {
      return await this.#transact(options, {
        prepare: async ({ address }, signal) => {
          sender = address;
          symbol = textAs('symbol', options.symbol).toUpperCase();
          const codes = {
            side: oneOf('side', side, SIDES),
            timeInForce: oneOf('timeInForce', timeInForce, TIMES_IN_FORCE),
          };
          for (const [name, value] of Object.entries({ price, quantity })) unitsOf(name, value, 'floor');
          const units = await this.#withSizes(symbol, signal, (sizes) =>
            orderUnits({ side, price, quantity, round }, sizes),
          );
          return (sequence) => ({
            type: 'newOrder',
            sender,
            id: idOf(sequence),
            symbol,
            orderType: LIMIT,
            ...codes,
            ...units,
          });
        },
        ...this.#ofOrder(
          ({ sequence }) => idOf(sequence),
          // Any other report of it may be of a later block, but not if it lives for one only.
          ({ status, timeInForce }) => status === 'Ack' || timeInForce === 'IOC',
        ),
      });
    } catch (error) {
      if (error instanceof WalletError && error.chainCode === BAD_ORDER) this.#markets.drop();
      throw error;
    }
  }

  async cancelOrder(options: CancelOptions): Promise<OrderOutcome> {
    const { orderId } = objectAs('order', options, '{ symbol, orderId }');
    return this.#transact(options, {
      prepare: async ({ address }) => {
        const symbol = textAs('symbol', options.symbol).toUpperCase();
        try {
          parseOrderId(orderId);
        } catch (cause) {
          throw invalid('orderId', (cause as Error).message);
        }
        return () => ({ type: 'cancelOrder', sender: address, symbol, refId: orderId });
      },
      ...this.#ofOrder(
        () => orderId,
        ({ status }) => status === 'Canceled',
      ),
    });
  }

  async send(transfer: SendOptions): Promise<Transfer> {
    const { to, asset, amount, ...options } = objectAs('transfer', transfer, '{ to, asset, amount }');
    return this.multiSend({ ...options, to: [{ address: to, coins: [{ asset, amount }] }] });
  }

  async multiSend(options: MultiSendOptions): Promise<Transfer> {
    const { to, memo = '' } = objectAs('transfers', options, '{ to: [...] }');
    return this.#transact(options, {
      memo,
      prepare: async ({ address, prefix }) => {
        const outputs = outputsOf(to, prefix);
        const inputs = [inputOf(address, outputs)];
        return () => ({ type: 'send', inputs, outputs });
      },
      key: ({ txHash }) => txHash,
      read: (news) => (news.kind === 'transfer' ? news.transfer : undefined),
      recover: async ({ message, txHash }, { height }) => transferOf(message as Send, height, txHash, memo),
    });
  }

  balances(options: CallOptions = {}): Promise<Balance[]> {
    return this.#ask(options, async (signal) => {
      const { address } = await abortable(signal, this.#identity.get());
      return [...((await this.#rest.account(address))?.balances ?? [])];
    });
  }

  openOrders(options: OpenOrdersOptions = {}): Promise<Order[]> {
    return this.#ask(options, async (signal) => {
      const { symbol } = options;
      const wanted = symbol === undefined ? undefined : textAs('symbol', symbol).toUpperCase();
      const { address } = await abortable(signal, this.#identity.get());
      return this.#rest.openOrders(address, wanted);
    });
  }

  address(options: CallOptions = {}): Promise<string> {
    return this.#ask(options, async () => (await this.#identity.get()).address);
  }

  ready(options: CallOptions = {}): Promise<void> {
    return this.#ask(options, async (signal) => {
      const [{ address }] = await Promise.all([this.#identity.get(), this.#markets.get()]);
      signal.throwIfAborted();
      await this.#watch.ready(address, signal);
    });
  }

  sent(options: CallOptions = {}): Promise<void> {
    return this.#ask(options, async () => {
      await this.#sender.idle;
    });
  }

  async close(): Promise<void> {
    this.#ending.come('the wallet');
    this.#watch.close();
    await this.#sender.idle;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #day(): number {
    return Math.floor(this.#dex.clock.now() / DAY_MS);
  }

  /** The connection's end is the wallet's, at once: whoever waits is told, and nothing is posted any more. */
  get #isOver(): boolean {
    if (this.#watch.isOver) this.#ending.come('the connection');
    return this.#ending.signal.aborted;
  }

  async #hearEnd(): Promise<void> {
    try {
      for await (const _ of this.#dex.status(this.#ending.signal)) if (this.#isOver) return;
    } catch {
      // The wallet is closed, and the connection goes on without it.
    }
  }

  #call(options: CallOptions): Call {
    const { signal, within = this.#within } = objectAs('options', options, '{ signal, within }');
    return new Call({ clock: this.#dex.clock, ending: this.#ending, signal, within });
  }

  /** A call that changes nothing. */
  async #ask<T>(options: CallOptions, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const call = this.#call(options);
    try {
      call.signal.throwIfAborted();
      return await abortable(call.signal, run(call.signal));
    } finally {
      call.end();
    }
  }

  async #transact<T>(options: CallOptions, plan: Plan<T>): Promise<T> {
    const call = this.#call(options);
    const { signal } = call;
    const outcome = new Outcome<T>({ rest: this.#rest, watch: this.#watch, clock: this.#dex.clock }, plan);
    try {
      signal.throwIfAborted();
      const prepared = this.#prepare(plan, signal);
      const sending = this.#sender.send({
        prepared,
        signal,
        posting: (signed) => {
          if (this.#isOver || signal.aborted) throw signal.reason;
          call.txHash = signed.txHash;
          outcome.expect(signed);
        },
        again: () => {
          call.txHash = undefined;
        },
      });
      // Together, for what cannot be sent need not wait for its turn.
      const [acceptance] = await Promise.all([sending, abortable(signal, prepared)]);
      call.isAccepted = acceptance === 'accepted';
      outcome.accepted(acceptance);
      return await abortable(signal, outcome.promise);
    } finally {
      outcome.end();
      call.end();
    }
  }

  async #prepare<T>(plan: Plan<T>, signal: AbortSignal): Promise<Prepared> {
    const identity = await abortable(signal, this.#identity.get());
    const message = await plan.prepare(identity, signal);
    await this.#watch.ready(identity.address, signal); // before it is sent, so that nothing about it is missed
    return { chainId: identity.chainId, address: identity.address, memo: plan.memo ?? '', message };
  }

  #ofOrder(key: Telling<OrderOutcome>['key'], isAbout: (report: OrderReport) => boolean): Telling<OrderOutcome> {
    return {
      key,
      read: (news, signed) => {
        if (news.kind !== 'reports') return undefined;
        const reports = news.reports.filter((report) => !isFailed(report));
        if (!reports.some(isAbout)) return undefined;
        return { orderId: key(signed), txHash: signed.txHash, height: reports[0]?.height ?? 0, reports };
      },
      recover: async (signed, { height }) => {
        const orderId = key(signed);
        return { orderId, txHash: signed.txHash, height, reports: [], order: await this.#rest.order(orderId) };
      },
    };
  }

  /** Sizes that do not fit the figures are perhaps not the pair's any more: they are fetched anew, once. */
  async #withSizes<T>(symbol: string, signal: AbortSignal, check: (sizes: Sizes) => T): Promise<T> {
    if (this.#marketsDay !== this.#day) this.#markets.drop();
    const known = this.#markets.known;
    try {
      return check(await this.#sizes(symbol, signal));
    } catch (error) {
      if (!known || !(error instanceof WalletError) || error.code !== 'INVALID') throw error;
      this.#markets.drop(known);
      return check(await this.#sizes(symbol, signal));
    }
  }

  async #sizes(symbol: string, signal: AbortSignal): Promise<Sizes> {
    const market = (await abortable(signal, this.#markets.get())).get(symbol);
    if (!market) throw invalid('symbol', `${symbol.slice(0, 40)} is not listed`);
    const { tickSize, lotSize } = market;
    try {
      return { tick: unitsOf('tick', tickSize), lot: unitsOf('lot', lotSize) };
    } catch (cause) {
      throw invalid('symbol', `${symbol} cannot be traded, for REST tells its ${(cause as Error).message}`);
    }
  }
}

/**
 * A wallet for the account of a private key. It goes by the connection's network, streams and clock; nothing is asked yet.
 *
 * @param key - 64 hex digits or 32 bytes. It stays in here: no error, log line or inspector shows it.
 * @throws KeyError `KEY_INVALID`; WalletError `INVALID` if the network does not say where REST is, or a time is none.
 */
export const wallet = (dex: Dex, key: string | Uint8Array, options: WalletOptions = {}): Wallet =>
  new OpenWallet(dex, key, options);
