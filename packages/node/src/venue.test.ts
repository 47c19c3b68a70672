import assert from 'node:assert/strict';
import {
  allTickers,
  blockheight,
  decode,
  encode,
  encodeAddress,
  isAddress,
  kline,
  marketDiff,
  type OrderReport,
  orders,
  trades,
  transfers,
} from '@dexwire/protocol';
import { test } from 'vitest';
import { Signer } from '../../../tests/support/signer.ts';
import { defaultGenesis } from './chain/defaultGenesis.ts';
import { devKey } from './chain/devKeys.ts';
import { frameText, type Sink, type Turn } from './gateway/source.ts';
import { defaultTraders } from './traders/defaultTraders.ts';
import { Venue, type VenueOptions } from './venue.ts';
import { VirtualClock } from './virtualClock.ts';

const GENESIS = defaultGenesis();
const ALICE = devKey('alice').address;
const SYMBOL = 'BNB_BTCB-1DE';

class Ear implements Sink {
  readonly turns: Turn[] = [];
  wants(): boolean {
    return true;
  }
  send(turn: Turn): void {
    this.turns.push(turn);
  }
  texts(topic?: string): string[] {
    return this.turns.flatMap(({ frames }) =>
      frames.filter(({ stream }) => topic === undefined || stream.topic === topic).map(frameText),
    );
  }
}

const open = (options: Partial<VenueOptions> = {}): { venue: Venue; ear: Ear } => {
  const venue = new Venue({ genesis: GENESIS, ...options });
  const ear = new Ear();
  venue.attach(ear);
  return { venue, ear };
};

const traders = (seed = 1) =>
  defaultTraders({
    seed,
    accounts: new Map(GENESIS.accounts.flatMap(({ name, address }) => (name === undefined ? [] : [[name, address]]))),
    symbols: GENESIS.pairs.map(({ base, quote }) => `${base}_${quote}`),
  });

const order = (price: bigint, quantity: bigint, side: 1 | 2) =>
  ({
    type: 'newOrder',
    sender: ALICE,
    id: '',
    symbol: SYMBOL,
    orderType: 2,
    side,
    price,
    quantity,
    timeInForce: 1,
  }) as const;

test('the answer to an order is plain: it can be spread, printed and sent to another thread', () => {
  const { venue } = open();
  const result = venue.submit(order(900_000n, 500_000_000n, 1));
  const data = `{"order_id":"${venue.state.accounts.get(ALICE)!.hex}-1"}`;
  assert.deepEqual({ ...structuredClone(result) }, { ok: true, code: 0, log: 'Msg 0: ', data });
});

test('a block comes each 400 ms of the clock, and each second what is sent by the second', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const { venue, ear } = open({ from: clock.now() });
  venue.start(ear, clock);
  clock.advance(2_000);
  assert.equal(ear.texts(blockheight.topic).length, 5);
  assert.equal(ear.texts(allTickers.topic).length, 2);
  assert.deepEqual(
    ear.turns.map(({ time }) => time % 2_000),
    [400, 800, 1_000, 1_200, 1_600, 0],
  );
  venue.stop();
  clock.advance(60_000);
  assert.equal(ear.texts(blockheight.topic).length, 5);
  assert.equal(clock.pending, 0);
});

test('each block is a turn, though nobody wants any stream', () => {
  const heights: number[] = [];
  const venue = new Venue({ genesis: GENESIS });
  venue.attach({ wants: () => false, send: ({ height }) => heights.push(height) });
  venue.advance(3);
  assert.deepEqual(heights, [1, 2, 3]);
});

test('after a long pause of the process the last ten seconds are made up for, no more', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const { venue, ear } = open({ from: clock.now() - 3_600_000 });
  venue.start(ear, clock);
  assert.equal(ear.texts(blockheight.topic).length, 25);
  venue.stop();
});

test('time that is stepped stands still but for steps, and time that runs cannot be stepped', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const { venue, ear } = open({ from: clock.now() });
  venue.advance(3);
  assert.equal(venue.now(), clock.now() + 1_200);
  assert.deepEqual(
    ear.texts(blockheight.topic),
    [1, 2, 3].map((height) => encode(blockheight, { height })),
  );
  assert.throws(() => venue.advanceTo(venue.now()), { code: 'TIME_FALLS' });
  venue.start(ear, clock);
  assert.throws(() => venue.advance(), { code: 'TIME_RUNS' });
  assert.throws(() => venue.advanceTo(venue.now() + 1), { code: 'TIME_RUNS' });
  venue.stop();
  venue.advance();
});

test('time does not fall when it runs by a clock that is behind', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const { venue, ear } = open({ from: clock.now() + 86_400_000 });
  venue.advance();
  venue.start(ear, clock);
  clock.advance(1_000);
  const times = ear.turns.map(({ time }) => time);
  assert.deepEqual(times, [...times].sort());
  assert.ok(times.length >= 3);
  venue.stop();
});

test('a jump across midnight seals one breathe block there, and closes the klines that ended', () => {
  const { venue, ear } = open({ from: Date.UTC(2026, 0, 31, 23, 59, 58) });
  const blocks: boolean[] = [];
  const other = new Venue({
    genesis: GENESIS,
    from: Date.UTC(2026, 0, 31, 23, 59, 58),
    onBlock: ({ isBreathe }) => blocks.push(isBreathe),
  });
  for (const one of [venue, other]) {
    one.advance(3);
    one.advanceTo(Date.UTC(2026, 1, 1, 12));
    one.advance(1);
  }
  assert.deepEqual(blocks, [false, false, false, true, false]);
  const monthly = ear
    .texts(kline('1M').topic)
    .map((text) => decode(kline('1M'), text).kline)
    .filter(({ symbol }) => symbol === SYMBOL);
  assert.deepEqual(
    monthly.filter(({ isClosed }) => isClosed).map(({ openTime }) => openTime),
    [Date.UTC(2026, 0, 1)],
  );
});

test('an order goes the whole line: entry, match, publication, frames', () => {
  const { venue, ear } = open();
  const pair = venue.state.pairs.get(SYMBOL)!;
  const lots = pair.lotSize * 10n;
  assert.equal(venue.submit(order(pair.reference, lots, 2)).ok, true);
  assert.equal(venue.submit(order(pair.reference, lots, 1)).ok, true);
  venue.advance();
  const [reports] = ear.texts(orders.topic).map((text) => decode(orders, text));
  assert.deepEqual(
    reports?.map(({ status }: OrderReport) => status),
    ['Ack', 'Ack', 'FullyFill', 'FullyFill'],
  );
  const [traded] = ear.texts(trades.topic).map((text) => decode(trades, text));
  assert.deepEqual(
    traded?.map(({ tradeId, sellerAddress }) => [tradeId, sellerAddress]),
    [['1-0', ALICE]],
  );
  assert.equal(ear.texts(marketDiff.topic).length, 0, 'what nets to nothing changes no level');
});

test('what is refused changes nothing, and is told with the code and text of the chain', () => {
  const { venue } = open();
  const before = venue.stateHash();
  const { result } = venue.enter(order(1n, 1n, 1), { sequence: 7 });
  assert.deepEqual([result.ok, result.code], [false, 65_539]);
  assert.equal(venue.stateHash(), before);
});

test('a block takes so many transactions, and the next one takes more', () => {
  const { venue } = open({ blockTransactions: 2 });
  const pair = venue.state.pairs.get(SYMBOL)!;
  const place = (): number => venue.submit(order(pair.reference, pair.lotSize * 10n, 1)).code;
  assert.deepEqual([place(), place(), place()], [0, 0, 65_537]);
  venue.advance();
  assert.equal(place(), 0);
});

test('the same genesis and seed give the same frames, byte for byte, and the same state; another seed gives others', () => {
  const [one, two, three] = [1, 1, 2].map((seed) => open({ actors: [traders(seed)] }));
  for (const each of [one!, two!, three!]) each.venue.advance(60);
  assert.deepEqual(one!.ear.texts(), two!.ear.texts());
  assert.equal(one!.venue.stateHash(), two!.venue.stateHash());
  assert.deepEqual(one!.venue.latest, two!.venue.latest);
  assert.notDeepEqual(one!.ear.texts(), three!.ear.texts());
  assert.notEqual(one!.venue.latest.appHash, three!.venue.latest.appHash);
});

test('with its traders every stream of every symbol and named account has two frames within ten seconds', () => {
  const { venue, ear } = open({ actors: [traders()] });
  venue.advance(25);
  const seen = new Map<string, number>();
  for (const { frames } of ear.turns) {
    for (const { stream, subject } of frames) {
      const name = `${isAddress(subject) ? 'address' : 'symbol'} ${stream.topic} ${subject}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  for (const symbol of venue.symbols)
    for (const topic of [trades.topic, marketDiff.topic, 'marketDepth', 'ticker', 'miniTicker', 'kline_1m'])
      assert.ok((seen.get(`symbol ${topic} ${symbol}`) ?? 0) >= 2, `${topic} of ${symbol}`);
  for (const topic of [orders.topic, 'accounts', transfers.topic])
    assert.ok((seen.get(`address ${topic} ${ALICE}`) ?? 0) >= 2, `${topic} of alice`);
});

test('a signed transaction runs at once, and whoever waits for its block is told when it is sealed', async () => {
  const clock = new VirtualClock();
  const { venue, ear } = open({ from: clock.now() });
  const alice = new Signer('alice', GENESIS.chainId);
  const bytes = alice.bytes(order(5_000_000n, 100_000_000n, 1));
  venue.start(ear, clock);
  const { hash, height, result } = venue.broadcast(bytes);
  assert.deepEqual([result.ok, height], [true, venue.height]);
  let sealed = false;
  const waiting = venue.sealed(height).then(() => {
    sealed = true;
  });
  await Promise.resolve();
  assert.equal(sealed, false);
  clock.advance(400);
  await waiting;
  assert.equal(venue.history.transaction(hash)?.height, height);
  venue.stop();
});

test('nobody waits for a block while time stands still, or once it does', async () => {
  const clock = new VirtualClock();
  const { venue, ear } = open({ from: clock.now() });
  await venue.sealed(venue.height);
  venue.start(ear, clock);
  const waiting = venue.sealed(venue.height);
  venue.stop();
  await waiting;
});

test('bytes that are no transaction change nothing', () => {
  const { venue } = open();
  const before = venue.stateHash();
  const { result } = venue.broadcast(Uint8Array.of(1, 2, 3));
  assert.deepEqual(result.ok ? [] : [result.code, result.message], [65_538, 'tx parse error']);
  assert.equal(venue.stateHash(), before);
});

test('whoever waits for a block that is far off is told after ten seconds, or goes before', async () => {
  const clock = new VirtualClock();
  const { venue, ear } = open({ from: clock.now(), blockTime: 60_000 });
  venue.start(ear, clock);
  const own = new AbortController();
  const { pending } = clock;
  const gone = venue.sealed(venue.height, own.signal);
  const waiting = venue.sealed(venue.height);
  own.abort();
  await gone;
  assert.equal(clock.pending, pending + 1);
  clock.advance(10_000);
  await waiting;
  assert.equal(clock.pending, pending);
  await venue.sealed(venue.height, AbortSignal.abort());
  venue.stop();
});

test('a block has room for so many bytes of signed transactions, and then says that it is full', () => {
  const { venue } = open();
  const alice = new Signer('alice', GENESIS.chainId);
  const outputs = Array.from({ length: 2_000 }, (_, place) => ({
    address: encodeAddress(
      'tbnb',
      Uint8Array.from({ length: 20 }, (__, byte) => (place >> (8 * (byte % 2))) & 255),
    ),
    coins: [{ asset: 'BNB', amount: 1n }],
  }));
  const inputs = [{ address: ALICE, coins: [{ asset: 'BNB', amount: 2_000n }] }];
  const post = (sequence: number) => venue.broadcast(alice.bytes({ type: 'send', inputs, outputs }, { sequence }));
  let sequence = 0;
  while (post(sequence).result.ok) sequence += 1;
  const refusal = post(sequence).result;
  assert.ok(!refusal.ok);
  assert.match(refusal.message, /^mempool is full: \d+ transactions$/);
  assert.equal(venue.state.accounts.get(ALICE)?.sequence, sequence);
  venue.advance();
  assert.ok(post(sequence).result.ok);
});
