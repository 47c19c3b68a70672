/**
 * A market to which things happen: a real node in stepped time, a client, and a witness on a socket of its own that is spared.
 * In: options of client and node. Out: both, what the client tells, and how to wait for it; time goes where a test tells it to.
 */
import assert from 'node:assert/strict';
import { startTestDex, type TestDex, type TestOptions } from '@dexwire/node/testing';
import {
  connect,
  type Dex,
  type DexOptions,
  type Item,
  type RepairOptions,
  repairOverRest,
  type Status,
  trades,
} from 'dexwire';

export const SYMBOL = 'BNB_BTCB-1DE';
export const OF_SYMBOL = { symbols: [SYMBOL] };

/** The session of the client, which dials first. */
export const CLIENT = { id: 1 };

type Fetch = NonNullable<RepairOptions['fetch']>;

export interface FaultyMarket {
  readonly market: TestDex<Dex>;
  readonly dex: Dex;
  /** All that `dex.status()` has told. */
  readonly statuses: readonly Status[];
  /** What the client has got of the trades of the symbol. */
  readonly items: readonly Item<unknown>[];
  /** Ids of the trades among these. */
  readonly got: () => string[];
  /** Ids of all trades since both were there. */
  readonly traded: readonly string[];
  /** Seals so many blocks, in each of which two orders meet unless told otherwise. */
  pass(blocks: number, trades?: 'busy' | 'quiet'): Promise<void>;
  /** Resolves once it is so, which is looked at whenever the client has told something. Time stands still meanwhile. */
  until(isSo: () => boolean): Promise<void>;
  /** Resolves when so many sockets in all were open. */
  opened(sockets: number): Promise<void>;
  /** Lets blocks pass until all that was traded is there, and a block more. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/** A `fetch`, and how to wait until none of its questions is open: REST answers in real time, and the clock is to wait for it. */
const awaited = (): { readonly fetch: Fetch; idle(): Promise<void> } => {
  const open = new Set<Promise<unknown>>();
  const whole: Fetch = async (url, init) => {
    const reply = await fetch(url, init);
    const { status, headers } = reply;
    return new Response(await reply.text(), { status, headers });
  };
  return {
    fetch: (url, init) => {
      const answer = whole(url, init);
      const settling: Promise<unknown> = answer.then(
        () => open.delete(settling),
        () => open.delete(settling),
      );
      open.add(settling);
      return answer;
    },
    idle: async () => {
      while (open.size > 0) await Promise.all(open);
    },
  };
};

const idsOf = (items: readonly Item<unknown>[]): string[] =>
  items.flatMap((item) =>
    (item.kind === 'events' ? (item.events as { tradeId: string }[]) : []).map((one) => one.tradeId),
  );

/** With a `repair` over REST unless told otherwise. */
export const startFaultyMarket = async (options: DexOptions = {}, ofNode: TestOptions = {}): Promise<FaultyMarket> => {
  const rest = awaited();
  const market = await startTestDex(
    (target, given) =>
      connect(target, {
        repair: repairOverRest({ fetch: rest.fetch }),
        backoff: { first: 1, factor: 1, most: 1 },
        ...given,
        ...options,
      }),
    ofNode,
  );
  const { dex, node, clock } = market;
  let news = (): void => {};
  const statuses: Status[] = [];
  void (async () => {
    for await (const status of dex.status()) {
      statuses.push(status);
      news();
    }
  })();
  const items: Item<unknown>[] = [];
  dex.subscribe(trades, OF_SYMBOL, (item) => {
    items.push(item);
    news();
  });
  await dex.ready();
  const witness = connect(node.ws, { clock, staleAfter: Number.POSITIVE_INFINITY });
  const traded: string[] = [];
  witness.subscribe(trades, OF_SYMBOL, (item) => {
    traded.push(...idsOf([item]));
  });
  await witness.ready();

  /** A buy and a sell of one account that meet at the list price. */
  const cross = (): void => {
    const { address: sender } = node.idleAccounts[0]!;
    const { reference: price, lotSize: quantity } = node.state.pairs.get(SYMBOL)!;
    const order = {
      type: 'newOrder',
      sender,
      id: '',
      symbol: SYMBOL,
      orderType: 2,
      timeInForce: 1,
      price,
      quantity,
    } as const;
    for (const side of [1, 2]) {
      assert.equal(node.submit({ ...order, side }).code, 0);
    }
  };
  const pass: FaultyMarket['pass'] = async (blocks, how = 'busy') => {
    for (let block = 0; block < blocks; block += 1) {
      await rest.idle();
      if (how === 'busy') cross();
      await market.advance();
    }
    await rest.idle();
  };
  const until: FaultyMarket['until'] = async (isSo) => {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        news = resolve;
      });
    }
  };
  const got = (): string[] => idsOf(items);
  return {
    market,
    dex,
    statuses,
    items,
    got,
    traded,
    pass,
    until,
    opened: (sockets) => until(() => statuses.filter(({ name }) => name === 'open').length >= sockets),
    caughtUp: async () => {
      while (got().length < traded.length) await pass(1, 'quiet');
      await pass(1, 'quiet');
    },
    close: async () => {
      await witness.close();
      await market.close();
    },
  };
};
