/**
 * The REST API as far as a wallet needs it.
 * In: a base URL, `fetch`, a clock. Out: typed answers. A question that is not answered is a `WalletError` `UNREACHABLE`;
 * a transaction whose fate is not known is an answer of its own, for it must not be taken for a refusal.
 */
import { ask, type RestSettings, restBeside } from '../rest/ask.ts';
import { member, readList, textAt } from '../rest/members.ts';
import { WalletError } from './errors.ts';
import {
  type AccountState,
  type MarketSizes,
  type Order,
  readAccount,
  readMarket,
  readOrder,
  readTransaction,
  readUse,
  readVerdict,
  type TransactionState,
} from './reading.ts';

/** What a gateway answered to a transaction. */
export type Verdict =
  | { readonly name: 'accepted' }
  | { readonly name: 'refused'; readonly code: number | undefined; readonly text: string }
  | { readonly name: 'unknown'; readonly cause: unknown };

/** The largest page. Spec §10. */
const PAGE = 1000;
/** How often a list is read again that changed between two of its pages. */
const READINGS = 5;

/** So often it is asked again about a transaction of which nothing is told, or while it cannot be asked. */
export const LOOK_EVERY_MS = 3000;

/** A request that took too long, on its way or at the gateway: it may have been heard. */
const REQUEST_TIMEOUT = 408;

export class Rest {
  readonly #settings: RestSettings;

  constructor(settings: RestSettings) {
    this.#settings = settings;
  }

  /** The id of the chain. */
  async chainId(): Promise<string> {
    return this.#get('/node-info', (body) => textAt(member(body, 'node_info'), 'network'));
  }

  /** `undefined`: the chain has no such account. */
  async account(address: string): Promise<AccountState | undefined> {
    return this.#find(`/account/${address}`, readAccount);
  }

  /** `undefined`: it is in no block, as far as the gateway remembers. */
  async transaction(hash: string): Promise<TransactionState | undefined> {
    return this.#find(`/tx/${hash}`, readTransaction);
  }

  async order(id: string): Promise<Order | undefined> {
    return this.#find(`/orders/${id}`, readOrder);
  }

  /** Of the transaction in a block that has used a sequence of an account; `undefined`: none of those that are told of. */
  async hashAt(address: string, sequence: number): Promise<string | undefined> {
    const used = await this.#find(`/transactions?address=${address}&side=SEND&limit=${PAGE}`, (body) =>
      readList(member(body, 'tx'), readUse),
    );
    return used?.find((use) => use.code === 0 && use.sequence === sequence && use.address === address)?.txHash;
  }

  /** All pairs, those of mini tokens too. */
  async markets(): Promise<MarketSizes[]> {
    const lists = await Promise.all(
      ['/markets', '/mini/markets'].map(async (path) => {
        const all: MarketSizes[] = [];
        for (;;) {
          const page = await this.#get(`${path}?limit=${PAGE}&offset=${all.length}`, (body) =>
            readList(body, readMarket),
          );
          all.push(...page);
          if (page.length < PAGE) return all;
        }
      }),
    );
    return lists.flat();
  }

  /** All open orders, newest first. Orders that come and go between two pages move the others, so it is read anew then. */
  async openOrders(address: string, symbol: string | undefined): Promise<Order[]> {
    const of = `address=${address}${symbol === undefined ? '' : `&symbol=${encodeURIComponent(symbol)}`}`;
    for (let reading = 1; ; reading++) {
      const found = new Map<string, Order>();
      const totals = new Set<unknown>();
      let offset = 0;
      for (;;) {
        const { total, page } = await this.#get(
          `/orders/open?${of}&limit=${PAGE}&offset=${offset}&total=1`,
          (body) => ({ total: member(body, 'total'), page: readList(member(body, 'order'), readOrder) }),
        );
        totals.add(total);
        for (const order of page) found.set(order.orderId, order);
        offset += page.length;
        if (page.length < PAGE) break;
      }
      if ((totals.size === 1 && found.size === offset) || reading === READINGS) return [...found.values()];
    }
  }

  /** Never rejects. */
  async broadcast(hex: string): Promise<Verdict> {
    try {
      const { status, text } = await ask(this.#settings, '/broadcast?sync=false', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: hex,
      });
      if (status >= 500 || status === REQUEST_TIMEOUT || status < 200 || (status >= 300 && status < 400))
        return { name: 'unknown', cause: new Error(`status ${status}: ${text.slice(0, 200)}`) };
      if (status >= 400) return refusalOf(status, text);
      const { code, text: words } = readVerdict(JSON.parse(text));
      return code === 0 ? { name: 'accepted' } : { name: 'refused', code, text: words };
    } catch (cause) {
      return { name: 'unknown', cause };
    }
  }

  async #get<T>(path: string, read: (body: unknown) => T): Promise<T> {
    const found = await this.#find(path, read);
    if (found !== undefined) return found;
    throw new WalletError('UNREACHABLE', `${this.#settings.base}${path}: status 404`);
  }

  /** `undefined`: not found, and the gateway says so itself. */
  async #find<T>(path: string, read: (body: unknown) => T): Promise<T | undefined> {
    let problem = '';
    let cause: unknown;
    try {
      const { status, text } = await ask(this.#settings, path);
      if (status === 404) return undefined;
      if (status === 200) return read(JSON.parse(text));
      problem = `status ${status}: ${text.slice(0, 200)}`;
    } catch (thrown) {
      cause = thrown;
      problem = thrown instanceof Error ? thrown.message : String(thrown);
    }
    throw new WalletError('UNREACHABLE', `${this.#settings.base}${path}: ${problem}`, { cause });
  }
}

/** What was refused before the chain saw it has the status in place of a code, and what the gateway wrote. */
const refusalOf = (status: number, text: string): Verdict => {
  try {
    const { code, text: words } = readVerdict(JSON.parse(text));
    return { name: 'refused', code, text: words };
  } catch {
    return { name: 'refused', code: status, text: text.slice(0, 200) };
  }
};

/** @throws WalletError `INVALID` for a network that does not say where REST is, nor has it beside its WebSockets. */
export const restOf = (network: { readonly ws: string; readonly rest?: string }): string => {
  const base = restBeside(network);
  if (base !== undefined) return base;
  const { origin, pathname } = new URL(network.ws);
  throw new WalletError('INVALID', `${origin}${pathname}: say where REST is, connect({ ws, rest })`);
};
