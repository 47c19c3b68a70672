import assert from 'node:assert/strict';
import {
  blockheight,
  check,
  decode,
  decodeFast,
  encode,
  encodeAddress,
  orders,
  trades,
  transfers,
} from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { ALICE, sampleBlock, sampleTrade, sampleUpdate } from '../../../tests/support/sampleBlocks.ts';
import { type Frame, frameText } from './gateway/source.ts';
import type { Publication } from './publications.ts';
import { topics } from './topics.ts';

const BOB = encodeAddress('tbnb', new Uint8Array(20).fill(2));
const CAROL = encodeAddress('tbnb', new Uint8Array(20).fill(3));
const NANOSECONDS = 1_554_890_366_040_313_451n;

/** A block with something for every stream. */
const publication: Publication = {
  block: sampleBlock({
    height: 7_366_949,
    time: NANOSECONDS,
    updates: [
      sampleUpdate({ owner: BOB, fee: 'BNB:39999;#Cxl:1', status: 'Canceled' }),
      sampleUpdate({ status: 'PartialFill', tradeId: '7366949-0', lastPrice: 3n, lastQuantity: 5n, cumulative: 9n }),
      sampleUpdate({ owner: BOB, side: 'unknown', timeInForce: 'unknown', status: 'FailedBlocking', createdAt: 0n }),
    ],
    trades: [
      sampleTrade({ tradeId: '7366949-0' }),
      sampleTrade({ tradeId: '7366949-1', symbol: 'XYZ-12A_BNB', tick: 'neutral' }),
      sampleTrade({ tradeId: '7366949-2', tick: 'unknown' }),
    ],
    transfers: [
      {
        txHash: 'AB'.repeat(32),
        memo: 'for <you> & "me"',
        from: ALICE,
        to: [
          { address: BOB, coins: [{ asset: 'BNB', amount: 1n }] },
          { address: ALICE, coins: [] },
          { address: BOB, coins: [{ asset: 'TOK-1AB', amount: 250_000_000n }] },
        ],
      },
    ],
  }),
  accounts: [
    { address: CAROL, sequence: 3, fee: '', balances: [] },
    {
      address: BOB,
      sequence: 1,
      fee: '',
      balances: [{ asset: 'BNB', free: 137_108_750_000n, frozen: 0n, locked: 5n }],
    },
  ],
  books: [{ symbol: 'TOK-1AB_BNB', buys: [[5_000_000n, 0n, 70n]], sells: [[5_000_100n, 9n, 9n]] }],
};

const names = (frames: readonly Frame[]): string[] => frames.map(({ stream, subject }) => `${subject}@${stream.topic}`);

const only = (text: string, from: Publication = publication): string[] =>
  topics(from, ({ topic }) => topic === text).map(frameText);

test('a block is cut into frames in the order of publication, each subject and each transaction by itself', () => {
  assert.deepEqual(names(topics(publication)), [
    `${BOB}@orders`,
    `${ALICE}@orders`,
    'TOK-1AB_BNB@trades',
    'XYZ-12A_BNB@trades',
    `${CAROL}@accounts`,
    `${BOB}@accounts`,
    `${ALICE}@transfers`,
    `${BOB}@transfers`,
    '$all@blockheight',
  ]);
});

test('with diffs by the block, changed books stand behind the accounts and tell what the chain publishes', () => {
  const frames = topics(publication, () => true, 'block');
  assert.deepEqual(names(frames).slice(5, 8), [`${BOB}@accounts`, 'TOK-1AB_BNB@marketDiff', `${ALICE}@transfers`]);
  assert.equal(
    frameText(frames[6]!),
    '{"stream":"marketDiff","data":{"e":"depthUpdate","E":1554890366,"s":"TOK-1AB_BNB","b":[["0.05000000","0.00000000"]],"a":[["0.05000100","0.00000009"]]}}',
  );
});

test('every frame is one of its stream: it passes the check, and the readers give the event back', () => {
  for (const one of topics(publication, () => true, 'block')) {
    assert.ok('event' in one);
    assert.deepEqual(check(one.stream, one.event), one.event);
    assert.deepEqual(decode(one.stream, encode(one.stream, one.event)), one.event);
  }
});

test('frames without escapes and failures are read by the fast reader', () => {
  const { block } = publication;
  const updates = block.updates.filter(({ status }) => status !== 'FailedBlocking');
  const plain = { ...block, updates, transfers: block.transfers.map((transfer) => ({ ...transfer, memo: 'for you' })) };
  for (const one of topics({ ...publication, block: plain }, () => true, 'block')) {
    assert.ok('event' in one);
    assert.deepEqual(decodeFast(one.stream, encode(one.stream, one.event)), one.event);
  }
});

test('an order report has the venue’s form: block fee in decimals, block time, the limit and what was filled', () => {
  const [bob] = only('orders');
  assert.match(bob!, /"X":"Canceled".*"n":"BNB:0.00039999;#Cxl:1"/);
  const [report] = decode(orders, only('orders')[1]!);
  assert.deepEqual(report, {
    eventType: 'executionReport',
    height: 7_366_949,
    symbol: 'TOK-1AB_BNB',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'GTE',
    quantity: '1.00000000',
    price: '0.05000000',
    executionType: 'NEW',
    status: 'PartialFill',
    orderId: sampleUpdate().orderId,
    lastExecutedQuantity: '0.00000005',
    lastExecutedPrice: '0.00000003',
    cumulativeFilledQuantity: '0.00000009',
    commission: '',
    time: sampleUpdate().time,
    tradeId: '7366949-0',
    orderCreationTime: sampleUpdate().createdAt,
  });
});

test('a cancel that failed is reported with codes of 0', () => {
  const failed = sampleUpdate({ side: 'unknown', timeInForce: 'unknown', status: 'FailedBlocking', createdAt: 0n });
  const zeros = { ...failed, price: 0n, quantity: 0n };
  const [text] = only('orders', { ...publication, block: sampleBlock({ updates: [zeros] }) });
  assert.match(text!, /"S":0,"o":0,"f":0,"q":"0.00000000","p":"0.00000000","x":"NEW","X":"FailedBlocking"/);
  assert.match(text!, /"O":0}/);
});

test('the recorded order report is written byte for byte from the update behind it', () => {
  const time = 1_554_890_366_040_313_451n;
  const update = sampleUpdate({
    symbol: '100K-9BC_BNB',
    orderId: '1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-10',
    price: 6_666_600_000_000n,
    quantity: 1_500n,
    cumulative: 1_500n,
    createdAt: time,
    time,
  });
  const block = sampleBlock({ height: 7_366_949, time, updates: [update] });
  assert.deepEqual(only('orders', { ...publication, block }), [
    '{"stream":"orders","data":[{"e":"executionReport","E":7366949,"s":"100K-9BC_BNB","S":1,"o":2,"f":1,"q":"0.00001500","p":"66666.00000000","x":"NEW","X":"Ack","i":"1D518A2563B0CB912AD70DEB7A18CD7ED2FBB7D4-10","l":"0.00000000","L":"0.00000000","z":"0.00001500","n":"","T":1554890366040313451,"t":"","O":1554890366040313451}]}',
  ]);
});

test('a transfer goes once to its sender and to each receiver, all of it to each', () => {
  const [first, second, ...more] = only('transfers');
  assert.equal(first, second);
  assert.equal(more.length, 0);
  assert.equal(decode(transfers, first!).to.length, 3);
  assert.equal(decode(transfers, first!).memo, 'for <you> & "me"');
});

test('nothing is made for nobody: only what is wanted is asked to be written', () => {
  assert.deepEqual(
    topics(publication, () => false),
    [],
  );
  const wanted = new Set([`${ALICE}@orders`, 'XYZ-12A_BNB@trades', `${BOB}@transfers`]);
  const frames = topics(publication, (stream, subject) => wanted.has(`${subject}@${stream.topic}`));
  assert.deepEqual(new Set(names(frames)), wanted);
  const asked: string[] = [];
  topics(publication, (stream, subject) => asked.push(`${subject}@${stream.topic}`) < 0);
  assert.equal(new Set(asked).size, asked.length, 'who wants what is asked once for each stream and subject');
});

test('of random blocks each owner gets all reports in order, and each symbol all trades in order', () => {
  const owners = [ALICE, BOB, CAROL];
  const symbols = ['A-111_BNB', 'B-222_BNB', 'C-333_BNB'];
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 2 }), { maxLength: 40, size: 'max' }), (picks) => {
      const updates = picks.map((pick, index) => sampleUpdate({ owner: owners[pick]!, tradeId: `1-${index}` }));
      const some = picks.map((pick, index) => sampleTrade({ symbol: symbols[pick]!, tradeId: `1-${index}` }));
      const frames = topics({ block: sampleBlock({ updates, trades: some }), accounts: [], books: [] });
      const textsOf = (topic: string, subject: string): string[] =>
        frames.filter((one) => one.stream.topic === topic && one.subject === subject).map(frameText);
      const ids = (items: readonly { readonly tradeId: string }[]): string[] => items.map(({ tradeId }) => tradeId);
      for (const pick of [0, 1, 2]) {
        const expected = picks.flatMap((one, index) => (one === pick ? [`1-${index}`] : []));
        const reports = textsOf('orders', owners[pick]!).flatMap((text) => decode(orders, text));
        assert.deepEqual(ids(reports), expected);
        const events = textsOf('trades', symbols[pick]!).flatMap((text) => decode(trades, text));
        assert.deepEqual(ids(events), expected);
      }
      const present = new Set(picks).size;
      assert.equal(frames.length, 2 * present + 1);
    }),
  );
});

test('an empty block still tells its height', () => {
  const frames = topics({ block: sampleBlock({ height: 5 }), accounts: [], books: [] });
  assert.deepEqual(frames.map(frameText), [encode(blockheight, { height: 5 })]);
});
