import assert from 'node:assert/strict';
import { encodeAddress } from '@dexwire/protocol';
import type { Message, NewOrder } from '@dexwire/protocol/transactions';
import { afterAll, beforeAll, test } from 'vitest';
import { Chain } from '../../packages/node/src/chain/chain.ts';
import { parseGenesis, stateOfGenesis } from '../../packages/node/src/chain/genesis.ts';
import { addPair } from '../../packages/node/src/chain/listing.ts';
import type { State } from '../../packages/node/src/chain/state.ts';
import { DEFAULT_LIMITS } from '../../packages/node/src/gateway/limits.ts';
import { Listing } from '../../packages/node/src/gateway/listing.ts';
import { Session } from '../../packages/node/src/gateway/session.ts';
import { publish } from '../../packages/node/src/publications.ts';
import { ENTRY_PATH, entryApp } from '../../packages/node/src/rest/entry.ts';
import { restApp } from '../../packages/node/src/rest/restApp.ts';
import type { RestView } from '../../packages/node/src/rest/restView.ts';
import { Venue } from '../../packages/node/src/venue.ts';
import { addressOf } from '../support/smallState.ts';
import { VirtualClock } from '../support/virtualClock.ts';
import { fuzzGenesis } from './venueGenesis.ts';
import { Work } from './work.ts';

const SMALL = 200;
const LARGE = 4 * SMALL;
/** For what is done once, and tables that grow by doubling. */
const SLACK = 1.15;
/** Blocks that an input of any size may cost besides. */
const FLAT_BLOCKS = 100;

const ALICE = addressOf('alice');
const BOB = addressOf('bob');
const SYMBOL = 'ABC-123_BNB';

let work: Work;
beforeAll(async () => {
  work = await Work.open();
});
afterAll(() => work.close());

/** Something to be run once, of a size; what it takes to prepare it does not count. */
type Prepare = (size: number) => () => unknown;

const measured = async (prepare: Prepare): Promise<{ small: number; large: number }> => {
  await prepare(SMALL)(); // so that nothing is done for the first time below
  return { small: await work.of(prepare(SMALL)), large: await work.of(prepare(LARGE)) };
};

/** The work grows no faster than the input. */
const linear = (title: string, prepare: Prepare): void => {
  test(`four times as much of ${title} is four times the work at most`, async () => {
    const { small, large } = await measured(prepare);
    assert.ok(large <= 4 * SLACK * small + FLAT_BLOCKS, `${small} blocks for ${SMALL}, ${large} for ${LARGE}`);
  });
};

/** The work hardly grows. */
const flat = (title: string, prepare: Prepare): void => {
  test(`four times as much of ${title} is no more work`, async () => {
    const { small, large } = await measured(prepare);
    assert.ok(large <= SLACK * small + FLAT_BLOCKS, `${small} blocks for ${SMALL}, ${large} for ${LARGE}`);
  });
};

// Commands.

const symbolsOf = (count: number): string[] => Array.from({ length: count }, (_, number) => `S${number}_BNB`);

const sessionOf = (size: number, symbolsPerCommand = 5_000): Session => {
  const listing = new Listing({ symbols: symbolsOf(size) });
  const nothing = (): void => {};
  return new Session(
    { sendText: nothing, ping: nothing, close: nothing, subscribe: nothing, unsubscribe: nothing },
    true,
    {
      clock: new VirtualClock(),
      limits: { ...DEFAULT_LIMITS, symbolsPerCommand },
      random: () => 0,
      isListed: (symbol) => listing.has(symbol),
    },
  );
};

const subscribing = (size: number): string =>
  JSON.stringify({ method: 'subscribe', topic: 'trades', symbols: symbolsOf(size) });

const saying =
  (say: (size: number) => string | Uint8Array): Prepare =>
  (size) => {
    const session = sessionOf(size);
    const said = say(size);
    return () => session.receive(said);
  };

linear('the symbols of a command', saying(subscribing));
linear(
  'the members of a command',
  saying((size) => JSON.stringify(Object.fromEntries(symbolsOf(size).map((name) => [name, name])))),
);
flat(
  'lists in lists',
  saying((size) => '['.repeat(size) + ']'.repeat(size)),
);
flat(
  'the letters of a method',
  saying((size) => JSON.stringify({ method: 'm'.repeat(size) })),
);
flat(
  'bytes that are no text',
  saying((size) => new Uint8Array(size).fill(0xff)),
);
flat('the symbols of a command that has too many', (size) => {
  const session = sessionOf(size, SMALL / 2);
  const said = subscribing(size);
  return () => session.receive(said);
});
flat('what a session holds, when it asks for one more,', (size) => {
  const session = sessionOf(size);
  session.receive(subscribing(size - 1));
  return () => session.receive('{"method":"subscribe","topic":"trades","symbols":["S0_BNB"]}');
});
linear('what a session holds, when it drops it all,', (size) => {
  const session = sessionOf(size);
  session.receive(subscribing(size));
  return () => session.receive('{"method":"unsubscribe","topic":"trades"}');
});

// Transactions.

const newState = (): State => stateOfGenesis(parseGenesis(fuzzGenesis(1)));

const transactionOf = (state: State, from: string, message: Message, memo = '') => ({
  ...{ message, memo, source: 0, hash: '0'.repeat(64) },
  sequence: state.accounts.get(from)?.sequence ?? 0,
});

const deliver = (chain: Chain, from: string, message: Message): boolean =>
  chain.deliver(transactionOf(chain.state, from, message)).ok;

const order = (state: State, from: string, side: 1 | 2, price: bigint, quantity = 1_000_000_000n): NewOrder => {
  const account = state.accounts.get(from)!;
  return {
    ...{ type: 'newOrder', sender: from, id: `${account.hex}-${account.sequence + 1}`, symbol: SYMBOL, orderType: 2 },
    ...{ side, price, quantity, timeInForce: 1 },
  } as const;
};

/** A chain with so many orders of bob's, each at a price of its own, far from each other's side. */
const chainWith = (levels: number, perLevel = 1): Chain => {
  const chain = new Chain(newState());
  const { state } = chain;
  for (let level = 0; level < levels; level += 1) {
    for (let place = 0; place < perLevel; place += 1) {
      assert.ok(deliver(chain, BOB, order(state, BOB, 1, 4_000_000n - BigInt(level) * 100n)));
      assert.ok(deliver(chain, BOB, order(state, BOB, 2, 6_000_000n + BigInt(level) * 100n)));
    }
  }
  chain.seal(1_700_000_000_000_000_000n);
  return chain;
};

/** Delivers what was prepared, and sees to it that it is taken, or not. */
const delivering =
  (prepare: (size: number) => readonly [chain: Chain, from: string, message: Message], isAccepted: boolean): Prepare =>
  (size) => {
    const [chain, from, message] = prepare(size);
    const transaction = transactionOf(chain.state, from, message);
    return () => assert.equal(chain.deliver(transaction).ok, isAccepted);
  };

const coin = (asset: string, amount: number) => ({ asset, amount: BigInt(amount) });

linear(
  'the receivers of a transfer',
  delivering((size) => {
    const outputs = Array.from({ length: size }, () => ({ address: BOB, coins: [coin('BNB', 1)] }));
    return [chainWith(0), ALICE, { type: 'send', inputs: [{ address: ALICE, coins: [coin('BNB', size)] }], outputs }];
  }, true),
);
linear(
  'the senders of a transfer',
  delivering((size) => {
    const inputs = Array.from({ length: size }, () => ({ address: ALICE, coins: [coin('BNB', 1)] }));
    return [chainWith(0), ALICE, { type: 'send', inputs, outputs: [{ address: BOB, coins: [coin('BNB', size)] }] }];
  }, true),
);
linear(
  'the coins of a transfer that is refused',
  delivering((size) => {
    const coins = Array.from({ length: size }, (_, number) => coin(`A${100_000 + number}-000`, 1));
    return [
      chainWith(0),
      ALICE,
      { type: 'send', inputs: [{ address: ALICE, coins }], outputs: [{ address: BOB, coins }] },
    ];
  }, false),
);
linear(
  'the assets of an account whose transfer is refused',
  delivering((size) => {
    const chain = chainWith(0);
    const account = chain.state.accounts.get(ALICE)!;
    for (let number = 0; number < size; number += 1) account.balance(`A${100_000 + number}-000`).free = 1n;
    const coins = [coin('BNB', Number.MAX_SAFE_INTEGER)];
    return [chain, ALICE, { type: 'send', inputs: [{ address: ALICE, coins }], outputs: [{ address: BOB, coins }] }];
  }, false),
);
flat(
  'accounts, when a transfer comes,',
  delivering((size) => {
    const chain = chainWith(0);
    for (let number = 0; number < size; number += 1)
      chain.state.accounts.open(
        encodeAddress(
          'tbnb',
          Uint8Array.from({ length: 20 }, (_, at) => number >> (8 * at)),
        ),
      );
    const coins = [coin('BNB', 1)];
    return [chain, ALICE, { type: 'send', inputs: [{ address: ALICE, coins }], outputs: [{ address: BOB, coins }] }];
  }, true),
);
flat(
  'the letters of a symbol',
  delivering((size) => {
    const chain = chainWith(0);
    return [chain, ALICE, { ...order(chain.state, ALICE, 1, 4_000_000n), symbol: 'A'.repeat(size) }];
  }, false),
);
flat(
  'open orders, when one more comes,',
  delivering((size) => {
    const chain = chainWith(size);
    return [chain, ALICE, order(chain.state, ALICE, 1, 3_999_990n)];
  }, true),
);
flat(
  'open orders, when one is cancelled,',
  delivering((size) => {
    const chain = chainWith(size);
    const [first] = chain.state.openOrders.values();
    return [chain, BOB, { type: 'cancelOrder', sender: BOB, symbol: SYMBOL, refId: first!.id }];
  }, true),
);
flat(
  'orders of one price, when one more comes,',
  delivering((size) => {
    const chain = chainWith(1, size);
    return [chain, ALICE, order(chain.state, ALICE, 1, 4_000_000n)];
  }, true),
);
flat(
  'pairs, when one more is listed,',
  delivering((size) => {
    const chain = chainWith(0);
    for (let number = 0; number < size; number += 1)
      addPair(chain.state, { base: `A${1_000 + number}-000`, quote: 'BNB', listPrice: 1_000n });
    return [
      chain,
      BOB,
      { type: 'list', from: BOB, proposalId: 1n, baseAsset: 'WIDE-0FF', quoteAsset: 'BUSD-BD1', initPrice: 5_000n },
    ];
  }, true),
);

/** Seals a block, and makes it public. */
const sealing =
  (prepare: (size: number) => Chain): Prepare =>
  (size) => {
    const chain = prepare(size);
    return () => publish(chain.seal(1_700_000_001_000_000_000n), chain.state);
  };

flat(
  'open orders, when a block is sealed that does not touch them,',
  sealing((size) => chainWith(size)),
);
linear(
  'orders that meet at one price',
  sealing((size) => {
    const chain = chainWith(0);
    for (let number = 0; number < size; number += 1) {
      assert.ok(deliver(chain, ALICE, order(chain.state, ALICE, 1, 5_000_000n)));
      assert.ok(deliver(chain, BOB, order(chain.state, BOB, 2, 5_000_000n)));
    }
    return chain;
  }),
);
linear(
  'prices that cross',
  sealing((size) => {
    const chain = chainWith(0);
    for (let number = 0; number < size; number += 1) {
      assert.ok(deliver(chain, ALICE, order(chain.state, ALICE, 1, 5_000_000n + BigInt(number) * 100n)));
      assert.ok(deliver(chain, BOB, order(chain.state, BOB, 2, 5_000_000n - BigInt(number) * 100n)));
    }
    return chain;
  }),
);
linear(
  'orders that share what is too little for all, unevenly,',
  sealing((size) => {
    const chain = chainWith(0);
    for (let number = 0; number < size; number += 1)
      assert.ok(
        deliver(chain, ALICE, order(chain.state, ALICE, 1, 5_000_000n, BigInt(1 + (number % 7)) * 1_000_000_000n)),
      );
    assert.ok(deliver(chain, BOB, order(chain.state, BOB, 2, 5_000_000n, BigInt(size) * 1_000_000_000n)));
    return chain;
  }),
);

// REST.

const viewOf = (venue: Venue): RestView => ({
  ...{ state: venue.state, market: venue.market, history: venue.history, latest: venue.latest, version: '0.0.0' },
  now: () => venue.now(),
});

const URL_OF = 'http://127.0.0.1:27100';
const KEPT = { perSubject: 100, inAll: 1_000 };

/** A venue in which alice and bob have traded so often, with orders left over. */
const venueWith = (trades: number): Venue => {
  const history = {
    ...{ symbolTrades: KEPT, addressTrades: KEPT, allTrades: 200, reports: KEPT, addressTransactions: KEPT },
    transactions: 400,
  };
  const venue = new Venue({ genesis: parseGenesis(fuzzGenesis(1)), history });
  for (let trade = 0; trade < trades; trade += 1) {
    venue.submit(order(venue.state, ALICE, 1, 5_000_000n));
    venue.submit(order(venue.state, BOB, 2, 5_000_000n));
    if (trade % 50 === 49) venue.advance();
  }
  venue.advance();
  return venue;
};

const asking =
  (prepare: (size: number) => readonly [venue: Venue, path: string], status: number): Prepare =>
  (size) => {
    const [venue, path] = prepare(size);
    const app = restApp(viewOf(venue));
    const request = new Request(`${URL_OF}${path}`);
    return async () => assert.equal((await app.fetch(request)).status, status);
  };

linear(
  'parameters',
  asking(
    (size) => [
      venueWith(0),
      `/api/v1/trades?${symbolsOf(size)
        .map((name) => `status=${name}`)
        .join('&')}`,
    ],
    200,
  ),
);
linear(
  'statuses in one parameter',
  asking((size) => {
    const statuses = new Array(size).fill('FullyFill').join();
    return [venueWith(10), `/api/v1/orders/closed?address=${ALICE}&status=${statuses}`];
  }, 200),
);
for (const path of [
  'trades?total=1',
  'trades?symbol=ABC-123_BNB',
  `trades?address=${ALICE}&total=1`,
  `orders/closed?address=${ALICE}`,
])
  flat(
    `trades, when ${path.replace(ALICE, 'somebody')} is asked for,`,
    asking((size) => [venueWith(size), `/api/v1/${path}`], 200),
  );
flat(
  'transactions, when those of somebody are asked for,',
  asking((size) => [venueWith(size), `/api/v1/transactions?address=${ALICE}`], 200),
);

const venueWithLevels = (size: number): Venue => {
  const venue = venueWith(0);
  for (let level = 0; level < size; level += 1)
    assert.ok(venue.submit(order(venue.state, BOB, 1, 4_000_000n - BigInt(level) * 100n)).ok);
  venue.advance();
  return venue;
};

flat(
  'blocks, when klines are asked for,',
  asking((size) => [venueWith(size), `/api/v1/klines?symbol=${SYMBOL}&interval=1m&startTime=0&limit=5`], 200),
);
flat(
  'price levels, when the best are asked for,',
  asking((size) => [venueWithLevels(size), `/api/v1/depth?symbol=${SYMBOL}&limit=20`], 200),
);

const entering =
  (body: (venue: Venue, size: number) => string, status: number): Prepare =>
  (size) => {
    const venue = venueWith(0);
    const app = entryApp({ state: venue.state, submit: (message, given) => venue.enter(message, given) });
    const headers = { 'content-type': 'application/json' };
    const request = new Request(`${URL_OF}${ENTRY_PATH}`, { method: 'POST', body: body(venue, size), headers });
    return async () => assert.equal((await app.fetch(request)).status, status);
  };

const freezing = (from: string): object => ({ type: 'freeze', from, symbol: 'ABC-123', amount: '1' });

linear(
  'messages in a list',
  entering((_, size) => JSON.stringify(new Array(size).fill(freezing(ALICE))), 200),
);
linear(
  'receivers in a message',
  entering(
    (_, size) =>
      JSON.stringify({
        ...{ type: 'send', from: ALICE },
        to: new Array(size).fill({ address: BOB, coins: [{ asset: 'BNB', amount: '0.1' }] }),
      }),
    200,
  ),
);
linear(
  'coins in a message',
  entering((_, size) => {
    const coins = symbolsOf(size).map((asset) => ({ asset, amount: '1' }));
    return JSON.stringify({ type: 'send', from: ALICE, to: [{ address: BOB, coins }] });
  }, 400),
);
flat(
  'members that a message has not',
  entering((_, size) => {
    const members = Object.fromEntries(symbolsOf(size).map((name) => [name, name]));
    return JSON.stringify({ ...freezing(ALICE), ...members });
  }, 400),
);
flat(
  'lists in lists in a body',
  entering((_, size) => '['.repeat(size) + ']'.repeat(size), 400),
);
