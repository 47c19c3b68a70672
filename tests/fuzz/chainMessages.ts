/**
 * What accounts ask of the chain: messages that are good, and the same with something wrong in them.
 * In: chance, the state that they are made for. Out: messages; who signs them is in them.
 */
import { encodeAddress } from '@dexwire/protocol';
import {
  type ChangeTokens,
  type CoinUnits,
  type IssueMiniToken,
  type IssueToken,
  type ListMiniPair,
  type ListPair,
  type Message,
  type NewOrder,
  type Send,
  signerOf,
  withOrderId,
} from '@dexwire/protocol/transactions';
import type { OpenOrder } from '../../packages/node/src/chain/openOrders.ts';
import type { Pair, State, Token } from '../../packages/node/src/chain/state.ts';
import type { Account, Balance } from '../../packages/node/src/entry/accounts.ts';
import { BUY, GTE, IOC, LIMIT, SELL } from '../../packages/node/src/entry/orderEntry.ts';
import type { Chance } from './chance.ts';

const ONE = 100_000_000n;
const MAX = 2n ** 63n - 1n;

/** Addresses that may come to have accounts, so that there is no end of orders but of accounts. */
const STRANGERS = 60;
/** How many of the open orders a cancel chooses from. */
const CHOICE = 60;
/** The first accounts, pairs and tokens are those that there is most of; three choices in four fall on them. */
const FIRST = 6;

const CHANGES = ['mint', 'burn', 'freeze', 'unfreeze'] as const;

const strangerOf = (number: number): Uint8Array =>
  Uint8Array.from({ length: 20 }, (_, place) => (place === 19 ? number : 0xab));

export class ChainMessages {
  readonly #chance: Chance;
  readonly #state: State;
  readonly #strangers: readonly string[];
  /** Tables of the state as lists, made anew when they have grown or shrunk. */
  #accounts: readonly Account[] = [];
  #pairs: readonly Pair[] = [];
  #tokens: readonly Token[] = [];

  constructor(chance: Chance, state: State) {
    this.#chance = chance;
    this.#state = state;
    this.#strangers = Array.from({ length: STRANGERS }, (_, number) =>
      encodeAddress(state.accounts.prefix, strangerOf(number)),
    );
  }

  /** One that its sender may well have accepted. An order has its id. */
  good(): Message {
    const { accounts, pairs, tokens } = this.#state;
    if (this.#accounts.length !== accounts.size) this.#accounts = [...accounts];
    if (this.#pairs.length !== pairs.size) this.#pairs = [...pairs.values()];
    if (this.#tokens.length !== tokens.size) this.#tokens = [...tokens.values()];
    const message = this.#chance.weighted<() => Message>([
      [56, () => this.#order()],
      [18, () => this.#cancel()],
      [12, () => this.#send()],
      [12, () => this.#change()],
      [0.8, () => this.#issue()],
      [1, () => this.#list()],
    ])();
    const sequence = accounts.get(signerOf(message) ?? '')?.sequence ?? 0;
    return withOrderId(message, sequence);
  }

  /** The same message with something else in one place or two. Its type stays, so that what it is made of does. */
  bad(message: Message): Message {
    if (message.type === 'send' && this.#chance.once(4)) return this.#oddSend(message);
    let bad = message;
    for (let left = 1 + this.#chance.below(2); left > 0; left -= 1) {
      const { type, ...members } = bad;
      const names = Object.keys(members);
      const name = this.#chance.one(names);
      const value: unknown = Reflect.get(members, name);
      bad = { type, ...members, [name]: this.#other(name, value) } as Message;
    }
    return bad;
  }

  oddAddress(): string {
    const chance = this.#chance;
    const address = chance.one(this.#accounts).address;
    const odd = chance.below(7);
    if (odd === 0) return chance.oddText();
    if (odd === 1) return chance.garbled(address);
    if (odd === 2) return address.toUpperCase();
    if (odd === 3) return encodeAddress('bnb', strangerOf(chance.below(256)));
    if (odd === 4) return encodeAddress('bc', strangerOf(chance.below(256)));
    return odd === 5 ? chance.one(this.#strangers) : address;
  }

  oddSymbol(): string {
    const chance = this.#chance;
    const token = chance.one(this.#tokens).symbol;
    const other = chance.one(this.#tokens).symbol;
    return chance.one([
      chance.oddText(),
      token,
      other,
      token.toLowerCase(),
      token.slice(0, -1),
      `${token}M`,
      `${token}_${other}`,
      `${token}_${chance.oddText()}`,
      chance.one(this.#pairs).symbol.toLowerCase(),
      chance.garbled(chance.one(this.#pairs).symbol),
    ]);
  }

  oddOrderId(): string {
    const chance = this.#chance;
    const { hex, sequence } = chance.one(this.#accounts);
    const odd = chance.below(8);
    if (odd === 0) return chance.oddText();
    if (odd === 1) return chance.garbled(`${hex}-${sequence + 1}`);
    if (odd === 2) return `${hex}-${String(chance.oddNumber())}`;
    if (odd === 3) return `${hex.toLowerCase()}-${sequence + 1}`;
    if (odd === 4) return `${hex}-0${sequence + 1}`;
    if (odd === 5) return this.#someOpen()?.id ?? `${hex}-1`;
    return `${hex}-${sequence + chance.below(3)}`;
  }

  /** Mostly one of the first. */
  #early<Item>(list: readonly Item[]): Item {
    return list[this.#chance.below(this.#chance.once(4) ? list.length : Math.min(FIRST, list.length))]!;
  }

  #other(name: string, value: unknown): unknown {
    const chance = this.#chance;
    if (typeof value === 'bigint') return this.#otherAmount(value);
    if (typeof value === 'number') return chance.oddNumber();
    if (typeof value === 'boolean') return !value;
    if (typeof value === 'string') {
      if (name === 'sender' || name === 'from') return this.oddAddress();
      if (name === 'id' || name === 'refId') return this.oddOrderId();
      return chance.once(3) ? chance.oddText() : this.oddSymbol();
    }
    return name === 'inputs' || name === 'outputs' ? this.#otherSides(value) : value;
  }

  #otherAmount(value: bigint): bigint {
    const odd = this.#chance.below(6);
    if (odd === 0) return value + 1n;
    if (odd === 1) return value - 1n;
    if (odd === 2) return -value;
    if (odd === 3) return value * 10n ** BigInt(this.#chance.below(12));
    return this.#chance.oddAmount();
  }

  #otherSides(value: unknown): Send['inputs'] {
    const chance = this.#chance;
    const sides = value as Send['inputs'];
    const [first] = sides;
    if (first === undefined) return sides;
    const at = chance.below(sides.length);
    const odd = chance.below(12);
    if (odd === 0) return [];
    if (odd === 1) return [...sides, ...sides];
    if (odd === 2) return [...sides, { address: this.oddAddress(), coins: this.#oddCoins(first.coins) }];
    if (odd === 3 && chance.once(8)) return new Array<(typeof sides)[number]>(1_000).fill(first);
    return sides.map(({ address, coins }, place) => {
      if (place !== at) return { address, coins };
      return odd < 6 ? { address: this.oddAddress(), coins } : { address, coins: this.#oddCoins(coins) };
    });
  }

  /** Odd on either side alike, so that the sums are right. */
  #oddSend({ inputs, outputs }: Send): Send {
    const chance = this.#chance;
    const address = chance.once(2) ? this.oddAddress() : (outputs[0]?.address ?? '');
    const asset = chance.once(4) ? this.oddSymbol() : (inputs[0]?.coins[0]?.asset ?? 'BNB');
    const coins = [{ asset, amount: chance.once(2) ? 1n : chance.oddAmount() }];
    return { type: 'send', inputs: [{ address: inputs[0]?.address ?? '', coins }], outputs: [{ address, coins }] };
  }

  #oddCoins(coins: readonly CoinUnits[]): readonly CoinUnits[] {
    const chance = this.#chance;
    const odd = chance.below(7);
    if (odd === 0) return [];
    if (odd === 1) return coins.toReversed();
    if (odd === 2) return [...coins, ...coins];
    if (odd === 3) return [...coins, { asset: this.oddSymbol(), amount: chance.oddAmount() }];
    if (odd === 4 && chance.once(8))
      return Array.from({ length: 1_000 }, (_, number) => ({ asset: `A${1_000 + number}-000`, amount: 1n }));
    if (odd === 5) return coins.map(({ amount }) => ({ asset: this.oddSymbol(), amount }));
    return coins.map(({ asset, amount }) => ({ asset, amount: this.#otherAmount(amount) }));
  }

  #order(): NewOrder {
    const chance = this.#chance;
    const sender = this.#early(this.#accounts);
    const pair = this.#early(this.#pairs);
    const isBuy = chance.once(2);
    const { price, quantity } = chance.once(30) ? this.#hugeTerms(sender, pair, isBuy) : this.#terms(pair);
    return {
      type: 'newOrder',
      sender: sender.address,
      id: '',
      symbol: chance.once(20) ? pair.symbol.toLowerCase() : pair.symbol,
      orderType: LIMIT,
      side: isBuy ? BUY : SELL,
      price,
      quantity,
      timeInForce: chance.once(4) ? IOC : GTE,
    };
  }

  /** Near the last price, and a few lots. */
  #terms({ reference, tickSize, lotSize, isMini }: Pair): { price: bigint; quantity: bigint } {
    const spread = reference / 20n + 10n * tickSize;
    const near = reference - spread + this.#chance.unitsBelow(2n * spread);
    const price = near < tickSize ? tickSize : near - (near % tickSize);
    const least = isMini && lotSize < ONE ? ONE : lotSize;
    return { price, quantity: least * BigInt(1 + this.#chance.below(this.#chance.once(4) ? 300 : 9)) };
  }

  /** All that the sender has, or as much as 64 bits hold. */
  #hugeTerms(sender: Account, pair: Pair, isBuy: boolean): { price: bigint; quantity: bigint } {
    const { tickSize, lotSize, base, quote, reference } = pair;
    const price = this.#chance.one([tickSize, tickSize * 2n, reference, MAX - (MAX % tickSize)]);
    const free = sender.of(isBuy ? quote : base).free;
    const most = this.#chance.one([isBuy ? (free * ONE) / price : free, MAX, MAX / 2n, MAX / 3n]);
    const quantity = most - (most % lotSize);
    return { price: price === 0n ? 1n : price, quantity };
  }

  /** One of the first that are open, mostly by its owner. */
  #someOpen(): OpenOrder | undefined {
    let left = this.#chance.below(Math.min(CHOICE, this.#state.openOrders.size));
    for (const order of this.#state.openOrders.values()) if (left-- === 0) return order;
    return undefined;
  }

  #cancel(): Message {
    const order = this.#someOpen();
    const owner = order === undefined || this.#chance.once(12) ? this.#chance.one(this.#accounts) : order.owner;
    const symbol = order?.pair.symbol ?? this.#chance.one(this.#pairs).symbol;
    return { type: 'cancelOrder', sender: owner.address, symbol, refId: order?.id ?? this.oddOrderId() };
  }

  /** To one or more, some of them new. */
  #send(): Send {
    const chance = this.#chance;
    const sender = this.#early(this.#accounts);
    const assets = [...sender.balances.keys()]
      .filter(() => chance.once(3))
      .slice(0, 8)
      .sort();
    if (assets.length === 0) assets.push('BNB');
    const outputs = Array.from({ length: chance.once(4) ? 1 + chance.below(5) : 1 }, () => ({
      address: chance.once(3) ? chance.one(this.#strangers) : chance.one(this.#accounts).address,
      coins: assets.map((asset) => ({ asset, amount: this.#part(sender.of(asset).free) })),
    }));
    const coins = assets.map((asset, place) => ({
      asset,
      amount: outputs.reduce((sum, output) => sum + output.coins[place]!.amount, 0n),
    }));
    const inputs = [{ address: sender.address, coins }];
    if (chance.once(12)) {
      // The sums are right all the same, but a second sender has not signed.
      const address = chance.one([sender, chance.one(this.#accounts)]).address;
      inputs.push({ address, coins: outputs[0]!.coins });
      outputs.push(outputs[0]!);
    }
    return { type: 'send', inputs, outputs };
  }

  /** A little of an amount, seldom all of it; never nothing. */
  #part(amount: bigint): bigint {
    if (this.#chance.once(60)) return amount > 0n ? amount : 1n;
    const part = this.#chance.unitsBelow(amount / 1_000n + 1n);
    return part < ONE ? ONE : part;
  }

  #change(): ChangeTokens {
    const chance = this.#chance;
    const type = chance.one(CHANGES);
    if (type === 'mint') {
      const { owner, symbol } = chance.one(this.#tokens.filter(({ mintable }) => mintable || chance.once(10)));
      return { type, from: owner, symbol, amount: this.#part(1_000_000n * ONE) };
    }
    const { address, balances } = this.#early(this.#accounts);
    const amountIn = ({ free, frozen }: Balance): bigint => (type === 'unfreeze' ? frozen : free);
    const held = [...balances].filter(([, balance]) => amountIn(balance) > 0n);
    const [symbol, balance] = held[chance.below(held.length)] ?? [chance.one(this.#tokens).symbol, undefined];
    return { type, from: address, symbol, amount: this.#part(balance === undefined ? 0n : amountIn(balance)) };
  }

  #issue(): IssueToken | IssueMiniToken {
    const chance = this.#chance;
    const token = {
      from: this.#early(this.#accounts).address,
      name: chance.one(['Some Token', 'x', '\u00fc\u00fc', '__proto__']),
      symbol: chance.one(['NEW', 'abc', 'X1', 'TOKENXYZ', 'PEG.B', 'true']),
      totalSupply: ONE * BigInt(1 + chance.below(10_000)),
      mintable: chance.once(2),
    };
    if (chance.once(2)) return { type: 'issue', ...token };
    return { type: chance.once(2) ? 'issueMini' : 'issueTiny', ...token, tokenUri: chance.once(2) ? '' : 'http://x' };
  }

  #list(): ListPair | ListMiniPair {
    const chance = this.#chance;
    const token = chance.one(this.#tokens);
    const quoteAsset = chance.one(['BNB', 'BNB', 'BUSD-BD1', chance.one(this.#tokens).symbol]);
    const pair = { from: token.owner, baseAsset: token.symbol, quoteAsset, initPrice: this.#listPrice() };
    if (token.kind !== 'bep2') return { type: 'listMini', ...pair };
    return { type: 'list', ...pair, proposalId: BigInt(1 + chance.below(5)) };
  }

  /** From the least price to far above any. */
  #listPrice(): bigint {
    return BigInt(1 + this.#chance.below(9)) * 10n ** BigInt(this.#chance.below(19));
  }
}
