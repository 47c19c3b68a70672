/**
 * Orders of the accounts for development, whose keys everybody knows: on any other network there are none of them.
 * In: what a form says. Out: what the chain made of it, in words.
 */
import { devKey } from '@dexwire/node/core';
import type { Decimal, Side, TimeInForce } from 'dexwire';
import { type Wallet, WalletError, wallet } from 'dexwire/wallet';
import { typed } from './figures.ts';
import { persist, type Room } from './room.ts';
import { Slice } from './slice.ts';

interface DevAccount {
  readonly name: string;
  readonly address: string;
}

/** An order as far as it has been written. */
export interface Draft {
  readonly side: Side;
  readonly price: string;
  readonly quantity: string;
  readonly timeInForce: TimeInForce;
}

/** What became of the last thing that was asked for. */
export type Outcome =
  | { readonly name: 'none' }
  | { readonly name: 'busy'; readonly text: string }
  | { readonly name: 'done' | 'failed'; readonly text: string };

export interface Desk {
  readonly accounts: readonly DevAccount[];
  readonly outcome: Outcome;
}

/** Those that are left to people come first: for the others traders act too. */
const NAMES = ['dave', 'erin', 'alice', 'bob', 'carol'];

const plainText = (decimal: Decimal): string => typed(decimal, 0);

const wordsOf = (error: unknown): string => {
  if (error instanceof WalletError) {
    const [code, ...words] = error.message.split(': ');
    // For a program the message goes on with what it could pass.
    if (error.nearest) return `${words[0]} is off its step; the nearest: ${error.nearest.map(plainText).join(' and ')}`;
    return error.chainText ?? (code === error.code ? words.join(': ') : error.message);
  }
  return error instanceof Error ? error.message : String(error);
};

export class Trading {
  readonly desk = new Slice<Desk>({ accounts: [], outcome: { name: 'none' } }, { isPrompt: true });
  readonly draft = new Slice<Draft>({ side: 'buy', price: '', quantity: '', timeInForce: 'GTE' }, { isPrompt: true });
  readonly #room: Room;
  readonly #keys = new Map<string, string>();
  readonly #wallets = new Map<string, Wallet>();

  constructor(room: Room, signal: AbortSignal) {
    this.#room = room;
    signal.addEventListener('abort', () => {
      for (const one of this.#wallets.values()) void one.close();
    });
    void this.#find(signal);
  }

  canSign(address: string): boolean {
    return this.#keys.has(address);
  }

  write(change: Partial<Draft>): void {
    this.draft.set({ ...this.draft.value, ...change });
  }

  /** Sends the draft. */
  async place(address: string, symbol: string): Promise<void> {
    const { side, timeInForce } = this.draft.value;
    const [price, quantity] = [this.draft.value.price.trim(), this.draft.value.quantity.trim()];
    const verb = side === 'buy' ? 'Buy' : 'Sell';
    await this.#ask(`${verb} ${quantity} at ${price}: waiting for a block`, address, async (trader) => {
      const { height, reports } = await trader.placeOrder({ symbol, side, price, quantity, timeInForce });
      const last = reports.at(-1);
      const filled = last ? `, ${plainText(last.cumulativeFilledQuantity)} of ${plainText(last.quantity)} filled` : '';
      return `${verb} ${quantity} at ${price}: ${last?.status ?? 'accepted'} in block ${height}${filled}`;
    });
  }

  async cancel(address: string, symbol: string, orderId: string): Promise<void> {
    await this.#ask('Cancel: waiting for a block', address, async (trader) => {
      const { height } = await trader.cancelOrder({ symbol, orderId });
      return `Order canceled in block ${height}`;
    });
  }

  async #ask(busy: string, address: string, act: (trader: Wallet) => Promise<string>): Promise<void> {
    this.#tell({ name: 'busy', text: busy });
    try {
      this.#tell({ name: 'done', text: await act(this.#walletOf(address)) });
    } catch (error) {
      this.#tell({ name: 'failed', text: wordsOf(error) });
    }
  }

  #walletOf(address: string): Wallet {
    const known = this.#wallets.get(address);
    if (known) return known;
    const key = this.#keys.get(address);
    if (key === undefined) throw new Error('the key of this account is not known here; choose one of the list');
    const made = wallet(this.#room.dex, key, { fetch: this.#room.fetch });
    this.#wallets.set(address, made);
    return made;
  }

  #tell(outcome: Outcome): void {
    this.desk.set({ ...this.desk.value, outcome });
  }

  /** Accounts that the chain knows. */
  async #find(signal: AbortSignal): Promise<void> {
    const { rest } = this.#room;
    const found = await persist(this.#room, signal, async () => {
      const prefix = (await rest.chainId(signal)) === 'Binance-Chain-Tigris' ? 'bnb' : 'tbnb';
      const keys = NAMES.map((name) => devKey(name, prefix));
      const known = await Promise.all(
        keys.map(async (key) => ((await rest.balances(key.address, signal)) === undefined ? [] : [key])),
      );
      return known.flat();
    });
    if (found === undefined) return;
    for (const { address, privateKey } of found) this.#keys.set(address, privateKey);
    this.desk.set({ ...this.desk.value, accounts: found.map(({ name, address }) => ({ name, address })) });
  }
}
