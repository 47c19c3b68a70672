import assert from 'node:assert/strict';
import { type Message, signerOf, type Transaction } from '@dexwire/protocol/transactions';
import type { Block } from '../../packages/node/src/chain/block.ts';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import { parseGenesis, stateOfGenesis } from '../../packages/node/src/chain/genesis.ts';
import { notional } from '../../packages/node/src/chain/notional.ts';
import type { Refused } from '../../packages/node/src/chain/result.ts';
import { restoreState, snapshot, stateHash } from '../../packages/node/src/chain/snapshot.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import type { Account } from '../../packages/node/src/entry/accounts.ts';
import { SUPPLY_CAPS } from '../../packages/node/src/entry/tokenEntry.ts';
import { publish } from '../../packages/node/src/publications.ts';
import { heldIn } from '../support/smallState.ts';
import { ChainMessages } from './chainMessages.ts';
import type { Chance } from './chance.ts';
import { fuzz } from './fuzz.ts';
import { Steps } from './steps.ts';
import { fuzzGenesis } from './venueGenesis.ts';

const TRANSACTIONS = 100_000;
/** One after the other, each from its genesis. */
const CHAINS = 4;
const PER_BLOCK = 50;
/** Every so many refusals the whole state is compared, and every so many blocks the sums. */
const HASH_EVERY = 50;
const SUMS_EVERY = 50;

const MAX = 2n ** 63n - 1n;
const SECOND_NS = 1_000_000_000n;
const DAY_NS = 86_400n * SECOND_NS;

/** What the account of one address holds, to the last table entry; it need not exist. */
const accountText = (account: Account | undefined): string => {
  if (account === undefined) return '-';
  let text = `${account.sequence}`;
  for (const [asset, { free, locked, frozen }] of account.balances) text += ` ${asset} ${free} ${locked} ${frozen}`;
  return text;
};

const addressesOf = (message: Message): readonly string[] =>
  message.type === 'send'
    ? [...message.inputs, ...message.outputs].map(({ address }) => address)
    : [signerOf(message) ?? ''];

/** Whatever a message could change if it were accepted. Two texts are equal only if nothing of that has changed. */
const textOf = (state: State, message: Message): string => {
  const { accounts, tokens, pairs, openOrders } = state;
  let text = `${state.height} ${accounts.size} ${tokens.size} ${pairs.size} ${openOrders.size}`;
  for (const address of new Set(addressesOf(message))) text += ` ${accountText(accounts.get(address))}`;
  if (!('symbol' in message)) return text;
  const pair = pairs.get(message.symbol.toUpperCase());
  const token = tokens.get(message.symbol.toUpperCase());
  if (token !== undefined) text += ` supply ${token.totalSupply}`;
  if (pair === undefined) return text;
  text += ` orders ${pair.orders.size} ${pair.round.length} ${pair.reference}`;
  if (message.type === 'newOrder')
    for (const side of ['buy', 'sell'] as const) {
      const levels = pair.orders.levels(side, 2).join(' ');
      text += ` ${side} ${pair.orders.levelCount(side)} ${levels} ${pair.orders.openAt(side, message.price)}`;
    }
  if (message.type === 'cancelOrder') text += ` open ${openOrders.has(message.refId)}`;
  return text;
};

/** Every amount in a message. */
const amountsOf = (message: Message): bigint[] =>
  message.type === 'send'
    ? [...message.inputs, ...message.outputs].flatMap(({ coins }) => coins.map(({ amount }) => amount))
    : Object.values(message).filter((value) => typeof value === 'bigint');

/** What was accepted was in order, and nobody in it has less than nothing. */
const checkAccepted = (state: State, message: Message): void => {
  for (const amount of amountsOf(message))
    assert.ok(amount > 0n && amount <= MAX, `accepted with an amount of ${amount}`);
  for (const address of addressesOf(message)) {
    const account = state.accounts.get(address.toLowerCase());
    assert.ok(account !== undefined, `accepted with ${address}, who has no account`);
    for (const { free, locked, frozen } of account.balances.values()) {
      assert.ok(free >= 0n && locked >= 0n && frozen >= 0n && free + locked + frozen <= MAX, 'a balance out of bounds');
    }
  }
};

const REFUSAL_KEYS = ['ok', 'codespace', 'reason', 'code', 'message'];
const CODESPACES: readonly number[] = [1, 2, 6];

/** What a message says in so many characters, and what it makes a chain look at. */
interface Size {
  readonly characters: number;
  readonly entries: number;
}

const sizeOf = (message: Message): Size => {
  let characters = 0;
  let entries = 1;
  const add = (value: unknown): void => {
    if (typeof value === 'string') characters += value.length;
    else if (typeof value !== 'object') characters += 24;
    else if (value !== null) {
      for (const member of Object.values(value)) add(member);
      entries += 1;
    }
  };
  add(message);
  return { characters, entries };
};

const checkRefusal = (refusal: Refused, size: Size, holdings: number): void => {
  assert.deepEqual(Object.keys(refusal), REFUSAL_KEYS);
  const { codespace, reason, code, message } = refusal;
  assert.ok(CODESPACES.includes(codespace), `code space ${codespace}`);
  assert.ok(Number.isSafeInteger(reason) && reason > 0 && reason < 65_536, `reason ${reason}`);
  assert.equal(code, codespace * 65_536 + reason);
  assert.equal(typeof message, 'string');
  const most = 300 + 2 * size.characters + 40 * holdings;
  assert.ok(message.length <= most, `a refusal of ${message.length} characters`);
};

/** What all hold together is what there is of each asset, and no amount is below zero or past 64 bits. */
const checkSums = (state: State): void => {
  const held = heldIn(state);
  for (const { address, balances } of state.accounts) {
    for (const [asset, { free, locked, frozen }] of balances) {
      assert.ok(free >= 0n && locked >= 0n && frozen >= 0n, `${address} has less than nothing of ${asset}`);
      assert.ok(free + locked + frozen <= MAX, `${address} has too much of ${asset}`);
      assert.ok(state.tokens.has(asset), `${address} has ${asset}, which there is not`);
    }
  }
  for (const { symbol, kind, totalSupply } of state.tokens.values()) {
    assert.equal(held.get(symbol) ?? 0n, totalSupply, `${symbol} is not all there`);
    assert.ok(totalSupply <= SUPPLY_CAPS[kind], `too much of ${symbol}`);
  }
};

/** What open orders need is what is locked, account by account, and they are the ones that rest. */
const checkLocks = (state: State): void => {
  const needed = new Map<string, bigint>();
  for (const { owner, side, pair, price, quantity, filled, locked } of state.openOrders.values()) {
    const key = `${owner.address} ${side === 'buy' ? pair.quote : pair.base}`;
    const amount = side === 'buy' ? notional(price, quantity) - notional(price, filled) : quantity - filled;
    assert.equal(locked, amount);
    needed.set(key, (needed.get(key) ?? 0n) + amount);
  }
  for (const { address, balances } of state.accounts)
    for (const [asset, { locked }] of balances) assert.equal(locked, needed.get(`${address} ${asset}`) ?? 0n, asset);
  let resting = 0;
  for (const { orders } of state.pairs.values()) {
    for (const side of ['buy', 'sell'] as const) {
      const { quantity, filled, levels } = state.openOrders;
      for (const level of orders.ranked(side)) {
        let open = 0n;
        for (const order of levels.ordersOf(level)) {
          assert.equal(state.openOrders.find(state.openOrders.idOf(order)), order);
          open += quantity[order]! - filled[order]!;
          resting += 1;
        }
        assert.equal(levels.open[level], open);
      }
    }
  }
  assert.equal(state.openOrders.size, resting);
};

/** One chain, with counted tables. */
class Run {
  readonly state: State;
  readonly #chance: Chance;
  readonly #chain: Chain;
  readonly #messages: ChainMessages;
  readonly #steps = new Steps();
  readonly #seen: Set<string>;
  readonly #past: Transaction[] = [];
  #watchedAccounts = 0;
  readonly #watchedPairs = new Set<unknown>();
  #time: bigint;
  #inBlock = 0;
  #blocks = 0;
  #refusals = 0;

  /** @param seen - Gets what became of messages: `newOrder accepted`, `newOrder 6/401`. */
  constructor(chance: Chance, seen: Set<string>) {
    const genesis = parseGenesis(fuzzGenesis(1 + chance.below(1_000)));
    this.state = stateOfGenesis(genesis);
    this.#chance = chance;
    this.#seen = seen;
    this.#chain = new Chain(this.state);
    this.#messages = new ChainMessages(chance, this.state);
    this.#time = BigInt(Date.parse(genesis.time)) * 1_000_000n;
    const { accounts, tokens, pairs, openOrders } = this.state;
    for (const table of [accounts, tokens, pairs, openOrders]) this.#steps.watch(table);
    this.#watchNew();
  }

  next(): Transaction {
    const chance = this.#chance;
    if (chance.once(20) && this.#past.length > 0) return chance.one(this.#past);
    const good = this.#messages.good();
    const message = chance.once(3) ? this.#messages.bad(good) : good;
    const sequence = this.state.accounts.get(signerOf(message) ?? '')?.sequence ?? 0;
    return {
      message,
      sequence: chance.once(25) ? chance.one([sequence + 1, sequence - 1, 0, chance.oddNumber()]) : sequence,
      memo: chance.once(20) ? chance.one([chance.oddText(), 'm'.repeat(128), '\u00e9'.repeat(65)]) : '',
      source: chance.once(20) ? chance.oddNumber() : 0,
      hash: Array.from({ length: 8 }, () =>
        chance
          .below(2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      )
        .join('')
        .toUpperCase(),
    };
  }

  deliver(transaction: Transaction): void {
    const { state } = this;
    const { message } = transaction;
    const before = textOf(state, message);
    const isHashed = this.#refusals % HASH_EVERY === 0;
    const hash = isHashed ? stateHash(state) : '';
    const account = state.accounts.get(signerOf(message) ?? '');
    const holdings = account?.balances.size ?? 0;
    const sequence = account?.sequence ?? 0;
    const size = sizeOf(message);
    this.#steps.take();
    const result = this.#chain.deliver(transaction);
    const steps = this.#steps.take();
    // Each entry is looked up a few times, and a refusal may list what its sender holds.
    const most = 12 + 4 * size.entries + 2 * holdings;
    assert.ok(steps <= most, `${steps} steps, ${most} are allowed`);
    this.#seen.add(`${message.type} ${result.ok ? 'accepted' : `${result.codespace}/${result.reason}`}`);
    if (result.ok) {
      assert.equal(account?.sequence, sequence + 1);
      checkAccepted(state, message);
      if (this.#past.length < 500) this.#past.push(transaction);
      else this.#past[this.#chance.below(500)] = transaction;
      this.#watchNew();
    } else {
      checkRefusal(result, size, holdings);
      assert.equal(textOf(state, message), before, 'what was refused has changed something');
      if (isHashed) assert.equal(stateHash(state), hash, 'what was refused has changed the state');
      this.#refusals += 1;
    }
    this.#inBlock += 1;
    if (this.#chance.once(PER_BLOCK)) this.seal();
  }

  /** A second later mostly, at times behind midnight, or after days. */
  seal(): void {
    const chance = this.#chance;
    const { state } = this;
    const days = chance.once(30) ? BigInt(chance.once(20) ? 1 + chance.below(40) : 1) : 0n;
    this.#time += days === 0n ? SECOND_NS : days * DAY_NS;
    const { height } = state;
    const open = state.openOrders.size;
    this.#steps.take();
    const block = this.#chain.seal(this.#time);
    const steps = this.#steps.take();
    assert.equal(block.height, height);
    assert.equal(state.height, height + 1);
    // A day's first block looks at every pair and every order; any other at those that it has to do with.
    const { transactions, updates, trades, touched } = block;
    const concerned = transactions.length + updates.length + trades.length + touched.length;
    const most = 40 + 8 * concerned + (block.isBreathe ? 4 * open + 20 * state.pairs.size : state.pairs.size);
    assert.ok(steps <= most, `${steps} steps in a block, ${most} are allowed`);
    this.#check(block);
    this.#inBlock = 0;
    this.#blocks += 1;
    if (this.#blocks % SUMS_EVERY === 0) this.check();
  }

  /** Everything that has to hold between two blocks, and a copy of the state that is the same. */
  check(): void {
    checkSums(this.state);
    checkLocks(this.state);
    assert.equal(stateHash(restoreState(snapshot(this.state))), stateHash(this.state));
  }

  #check(block: Block): void {
    assert.ok(block.transactions.length <= this.#inBlock);
    const { accounts, books } = publish(block, this.state);
    for (const { balances } of accounts) for (const { free } of balances) assert.ok(free >= 0n);
    for (const { buys, sells } of books)
      for (const [price, published, open] of [...buys, ...sells])
        assert.ok(price > 0n && published >= 0n && open >= 0n);
    for (const { price, quantity } of block.trades) assert.ok(price > 0n && quantity > 0n);
  }

  #watchNew(): void {
    const { accounts, pairs } = this.state;
    if (accounts.size > this.#watchedAccounts) {
      for (const { balances, number } of accounts) if (number > this.#watchedAccounts) this.#steps.watch(balances);
      this.#watchedAccounts = accounts.size;
    }
    if (pairs.size === this.#watchedPairs.size) return;
    for (const pair of pairs.values()) {
      if (this.#watchedPairs.has(pair)) continue;
      this.#watchedPairs.add(pair);
      this.#steps.watch(pair.orders);
    }
  }
}

const TYPES: readonly Message['type'][] = [
  ...(['newOrder', 'cancelOrder', 'send', 'issue', 'issueMini', 'issueTiny'] as const),
  ...(['mint', 'burn', 'freeze', 'unfreeze', 'list', 'listMini'] as const),
];

/** What every run brings, besides something accepted and a wrong sequence of each type. */
const EXPECTED = [
  ...['newOrder 1/9', 'newOrder 1/12', 'newOrder 6/401', 'newOrder 6/406', 'cancelOrder 6/401', 'cancelOrder 6/405'],
  ...['send 1/4', 'send 1/5', 'send 1/7', 'send 1/9', 'send 1/10', 'send 1/11', 'send 1/12', 'send 2/102'],
  ...['issue 1/11', 'issueMini 1/11', 'issueTiny 1/11', 'mint 1/4', 'mint 1/11', 'list 1/11', 'listMini 1/11'],
  ...[
    'burn 1/5',
    'burn 1/10',
    'burn 1/11',
    'freeze 1/5',
    'freeze 1/10',
    'freeze 1/11',
    'unfreeze 1/10',
    'unfreeze 1/11',
  ],
];

fuzz(
  `${TRANSACTIONS} transactions are accepted, or refused by a code of the chain and change nothing`,
  import.meta.url,
  ({ chance, next }) => {
    const seen = new Set<string>();
    for (let chains = 0; chains < CHAINS; chains += 1) {
      const run = new Run(chance, seen);
      for (let sent = 0; sent < TRANSACTIONS / CHAINS; sent += 1) {
        const transaction = run.next();
        next(transaction);
        run.deliver(transaction);
      }
      run.seal();
      run.check();
    }
    const expected = [...EXPECTED, ...TYPES.flatMap((type) => [`${type} accepted`, `${type} 1/3`])];
    for (const what of expected) assert.ok(seen.has(what), `never: ${what}`);
  },
);
