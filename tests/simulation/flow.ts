/**
 * What happens on the venue: orders, cancels, bursts and transfers of a few accounts on two symbols.
 * In: chance. Out: a genesis, and an actor that sends messages through the venue's own entry before each block.
 */
import { encodeAddress, formatDecimal } from '@dexwire/protocol';
import { DEFAULT_FEES, type Genesis } from '../../packages/node/src/chain/genesis.ts';
import type { Actor, TraderMarket } from '../../packages/node/src/traders/trader.ts';
import type { Chance } from './chance.ts';

export const SYMBOLS = ['BNB_BUSD-BD1', 'ABC-123_BNB'] as const;

const addressOf = (fill: number): string => encodeAddress('tbnb', new Uint8Array(20).fill(fill));

/** The first two are those that the client follows. */
export const ADDRESSES = [1, 2, 3, 4].map(addressOf);
const VALIDATOR = addressOf(7);

const ASSETS = ['BNB', 'BUSD-BD1', 'ABC-123'] as const;
const EACH = 1_000_000n;

export const genesisOf = (initialHeight: number): Genesis => ({
  chainId: 'Dexwire-Simulation',
  prefix: 'tbnb',
  initialHeight,
  time: '2026-01-01T00:00:00Z',
  tokens: ASSETS.map((symbol) => ({
    symbol,
    name: symbol,
    owner: VALIDATOR,
    totalSupply: formatDecimal(EACH * BigInt(ADDRESSES.length) * 100_000_000n, 8),
    mintable: false,
    kind: 'bep2',
    tokenUri: '',
  })),
  accounts: [
    ...ADDRESSES.map((address) => ({
      address,
      balances: Object.fromEntries(ASSETS.map((asset) => [asset, formatDecimal(EACH * 100_000_000n, 8)])),
    })),
    { address: VALIDATOR, balances: {} },
  ],
  pairs: [
    { base: 'BNB', quote: 'BUSD-BD1', listPrice: '300.00000000' },
    { base: 'ABC-123', quote: 'BNB', listPrice: '0.05000000' },
  ],
  fees: DEFAULT_FEES,
  upgrades: { lotSizeOptimization: true, priceBandExpiry: true },
  proposer: VALIDATOR,
  validators: [VALIDATOR],
});

interface Given {
  readonly id: string;
  readonly address: string;
  readonly symbol: string;
}

/** Orders that wait, at most: beyond, the oldest is cancelled. */
const MOST_WAITING = 400;

export class Flow implements Actor {
  readonly #chance: Chance;
  readonly #given: Given[] = [];
  /** How far prices lie from the middle, in ticks: wide books have more levels than a diff can tell of. */
  readonly #width: number;
  /** Orders a block, on average. */
  readonly #rate: number;
  readonly #middles = new Map<string, number>();
  #extra = 0;
  isRunning = true;
  refused = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.#width = chance.pick([12, 40, 160]);
    this.#rate = chance.pick([1, 2, 4]);
  }

  /** So many more orders in the next block. */
  burst(orders: number): void {
    this.#extra += orders;
  }

  onBlock(market: TraderMarket): void {
    if (!this.isRunning) return;
    const chance = this.#chance;
    const count = chance.whole(0, 2 * this.#rate) + this.#extra;
    this.#extra = 0;
    for (let order = 0; order < count; order += 1) {
      if (this.#given.length > MOST_WAITING || (this.#given.length > 20 && chance.often(0.3))) this.#cancel(market);
      else this.#order(market);
    }
    for (let more = chance.often(0.15) ? chance.whole(1, 3) : 0; more > 0; more -= 1) this.#send(market);
  }

  #order(market: TraderMarket): void {
    const chance = this.#chance;
    const symbol = chance.pick(SYMBOLS);
    const pair = market.state.pairs.get(symbol)!;
    const middle = this.#middles.get(symbol) ?? Number(pair.listPrice / pair.tickSize);
    this.#middles.set(symbol, Math.max(middle + chance.whole(-1, 1), 1_000));
    const isBuy = chance.often(0.5);
    // Some cross the middle, most wait behind it.
    const offset = chance.whole(-2, this.#width);
    const ticks = isBuy ? middle - offset : middle + offset;
    const address = chance.pick(ADDRESSES);
    const result = market.submit({
      type: 'newOrder',
      sender: address,
      id: '',
      symbol,
      orderType: 2,
      side: isBuy ? 1 : 2,
      price: BigInt(ticks) * pair.tickSize,
      quantity: BigInt(chance.whole(1, 50)) * pair.lotSize,
      timeInForce: chance.often(0.15) ? 3 : 1,
    });
    if (!result.ok) this.refused += 1;
    else this.#given.push({ id: result.data!.slice('{"order_id":"'.length, -2), address, symbol });
  }

  #cancel(market: TraderMarket): void {
    const place = this.#given.length > MOST_WAITING ? 0 : this.#chance.whole(0, this.#given.length - 1);
    const [{ id, address, symbol } = { id: '', address: '', symbol: '' }] = this.#given.splice(place, 1);
    // Refused if it was filled before, as with any trader.
    market.submit({ type: 'cancelOrder', sender: address, symbol, refId: id });
  }

  #send(market: TraderMarket): void {
    const chance = this.#chance;
    const from = chance.pick(ADDRESSES);
    const to = chance.pick(ADDRESSES);
    const coins = [{ asset: chance.pick(ASSETS), amount: BigInt(chance.whole(1, 1_000)) }];
    market.submit(
      { type: 'send', inputs: [{ address: from, coins }], outputs: [{ address: to, coins }] },
      { memo: chance.often(0.5) ? `memo ${chance.whole(1, 99)}` : '' },
    );
  }
}
