import assert from 'node:assert/strict';
import { encodeAddress } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { ALICE, sampleBlock, samplePair, sampleUpdate } from '../../../tests/support/sampleBlocks.ts';
import type { OrderUpdate } from './chain/block.ts';
import type { Pair } from './chain/state.ts';
import { Accounts } from './entry/accounts.ts';
import type { Order, OrderSide } from './matching/orderColumns.ts';
import { publish } from './publications.ts';

const accounts = new Accounts('tbnb');
accounts.open(ALICE);

const place = (pair: Pair, side: OrderSide, price: bigint, quantity: bigint, filled = 0n): Order => {
  const order = pair.orders.columns.make(side, price, quantity, filled, 1);
  pair.orders.insert(order);
  return order;
};

const booksOf = (updates: OrderUpdate[], ...pairs: Pair[]) =>
  publish(sampleBlock({ updates }), { accounts, pairs: new Map(pairs.map((pair) => [pair.symbol, pair])) }).books;

test('an account is published once with all it holds: free assets in byte order, then only frozen, then only locked', () => {
  const held = new Accounts('tbnb');
  const account = held.open(ALICE);
  account.sequence = 7;
  const put = (asset: string, free: bigint, frozen: bigint, locked: bigint): void => {
    Object.assign(account.balance(asset), { free, frozen, locked });
  };
  put('ZZZ-111', 1n, 0n, 5n);
  put('LCK-222', 0n, 0n, 3n);
  put('LCK-111', 0n, 0n, 4n);
  put('NIL-000', 0n, 0n, 0n);
  put('FRO-111', 0n, 2n, 9n);
  put('BNB', 10n, 1n, 0n);
  const stranger = encodeAddress('tbnb', new Uint8Array(20).fill(9));
  const { accounts: published } = publish(
    sampleBlock({ touched: [ALICE, stranger], accountFees: new Map([[ALICE, 'BNB:5;#Cxl:1']]) }),
    { accounts: held, pairs: new Map() },
  );
  assert.deepEqual(published, [
    {
      address: ALICE,
      sequence: 7,
      fee: 'BNB:5;#Cxl:1',
      balances: [
        { asset: 'BNB', free: 10n, frozen: 1n, locked: 0n },
        { asset: 'ZZZ-111', free: 1n, frozen: 0n, locked: 5n },
        { asset: 'FRO-111', free: 0n, frozen: 2n, locked: 9n },
        { asset: 'LCK-111', free: 0n, frozen: 0n, locked: 4n },
        { asset: 'LCK-222', free: 0n, frozen: 0n, locked: 3n },
      ],
    },
  ]);
});

test('the worked block of the matching rules changes one level: what came and went within the block is not told', () => {
  const pair = samplePair();
  const alice = place(pair, 'buy', 5_001_000n, 100_000_000_000n, 61_700_000_000n);
  const ack = (side: OrderSide, price: bigint, quantity: bigint, cumulative: bigint): OrderUpdate =>
    sampleUpdate({ side, price, quantity, cumulative });
  const fill = (status: 'PartialFill' | 'FullyFill', of: OrderUpdate, lastQuantity: bigint): OrderUpdate => ({
    ...of,
    status,
    lastQuantity,
    lastPrice: 5_001_000n,
    tradeId: '101-0',
  });
  const carol = ack('sell', 4_980_000n, 90_000_000_000n, 90_000_000_000n);
  const bob = ack('buy', 5_003_300n, 33_300_000_000n, 33_300_000_000n);
  const dave = ack('sell', 5_000_000n, 5_000_000_000n, 5_000_000_000n);
  const failed = sampleUpdate({ status: 'FailedBlocking', side: 'sell', price: 5_100_000n, quantity: 1_000_000_000n });
  const resting = sampleUpdate({ price: 5_001_000n, quantity: 100_000_000_000n, cumulative: 61_700_000_000n });
  const updates = [
    carol,
    bob,
    dave,
    failed,
    fill('PartialFill', resting, 56_700_000_000n),
    fill('PartialFill', resting, 5_000_000_000n),
    fill('FullyFill', bob, 33_300_000_000n),
    fill('FullyFill', carol, 33_300_000_000n),
    fill('FullyFill', carol, 56_700_000_000n),
    fill('FullyFill', dave, 5_000_000_000n),
  ];
  assert.deepEqual(booksOf(updates, pair), [
    { symbol: 'TOK-1AB_BNB', buys: [[5_001_000n, 38_300_000_000n, 38_300_000_000n]], sells: [] },
  ]);
  pair.orders.remove(alice);
  const canceled = { ...resting, status: 'Canceled' } as const;
  assert.deepEqual(booksOf([canceled], pair), [{ symbol: 'TOK-1AB_BNB', buys: [[5_001_000n, 0n, 0n]], sells: [] }]);
});

test('a pair whose changes cancel out is left out, and a failed cancel changes nothing', () => {
  const ioc = sampleUpdate({ timeInForce: 'IOC' });
  const failedCancel = sampleUpdate({ status: 'FailedBlocking', side: 'unknown', timeInForce: 'unknown', price: 0n });
  assert.deepEqual(booksOf([ioc, { ...ioc, status: 'IocNoFill' }, failedCancel], samplePair()), []);
});

test('a changed level beyond the best hundred is told as 0 with what it really holds beside, on either side', () => {
  for (const side of ['buy', 'sell'] as const) {
    const pair = samplePair();
    const price = (rank: number): bigint => (side === 'buy' ? 10_000n - BigInt(rank) : 10_000n + BigInt(rank));
    for (let rank = 0; rank <= 100; rank += 1) place(pair, side, price(rank), 7n);
    const updates = [100, 99].map((rank) => sampleUpdate({ side, price: price(rank), quantity: 7n }));
    const [book] = booksOf(updates, pair);
    assert.deepEqual(side === 'buy' ? book!.buys : book!.sells, [
      [price(100), 0n, 7n],
      [price(99), 7n, 7n],
    ]);
  }
});

test('the levels of a pair that was delisted are gone, and pairs come in the order of their first updates', () => {
  const gone = sampleUpdate({ symbol: 'OLD-1AB_BNB', status: 'Expired' });
  const pair = samplePair();
  place(pair, 'buy', 5_000_000n, 100_000_000n);
  assert.deepEqual(booksOf([gone, sampleUpdate()], pair), [
    { symbol: 'OLD-1AB_BNB', buys: [[5_000_000n, 0n, 0n]], sells: [] },
    { symbol: 'TOK-1AB_BNB', buys: [[5_000_000n, 100_000_000n, 100_000_000n]], sells: [] },
  ]);
});

test('of random blocks a book tells just the levels whose open quantity has changed', () => {
  const order = fc.record({
    side: fc.constantFrom('buy', 'sell'),
    price: fc.bigInt({ min: 1n, max: 6n }),
    quantity: fc.bigInt({ min: 1n, max: 4n }),
    filled: fc.bigInt({ min: 0n, max: 4n }),
    end: fc.constantFrom('rests', 'Canceled', 'Expired', 'IocEnd'),
    isOld: fc.boolean(),
  } as const);
  fc.assert(
    fc.property(fc.array(order, { maxLength: 30, size: 'max' }), (orders) => {
      const pair = samplePair();
      const before = samplePair();
      const updates: OrderUpdate[] = [];
      for (const { side, price, quantity, end, isOld, ...rest } of orders) {
        const filled = rest.filled < quantity ? rest.filled : quantity;
        const report = sampleUpdate({ side, price, quantity, cumulative: filled });
        if (isOld) place(before, side, price, quantity);
        else updates.push(report);
        for (let unit = 0n; unit < filled; unit += 1n)
          updates.push({ ...report, status: filled === quantity ? 'FullyFill' : 'PartialFill', lastQuantity: 1n });
        if (filled === quantity) continue;
        if (end === 'rests') place(pair, side, price, quantity, filled);
        else updates.push({ ...report, status: end === 'IocEnd' ? (filled === 0n ? 'IocNoFill' : 'IocExpire') : end });
      }
      const open = (of: Pair, side: OrderSide): Map<bigint, bigint> => new Map(of.orders.levels(side, 100));
      const [book] = booksOf(updates, pair);
      for (const side of ['buy', 'sell'] as const) {
        const [old, now] = [open(before, side), open(pair, side)];
        const changed = [1n, 2n, 3n, 4n, 5n, 6n]
          .filter((price) => (old.get(price) ?? 0n) !== (now.get(price) ?? 0n))
          .map((price) => [price, now.get(price) ?? 0n, now.get(price) ?? 0n]);
        const told = (side === 'buy' ? book?.buys : book?.sells) ?? [];
        assert.deepEqual(
          [...told].sort(([a], [b]) => (a < b ? -1 : 1)),
          changed,
        );
        assert.equal(new Set(told.map(([price]) => price)).size, told.length);
      }
    }),
  );
});
