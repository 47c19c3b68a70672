import { allTopics, encodeAddress } from '@dexwire/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './limits.ts';
import { type Link, Session, TICK_MS } from './session.ts';

const FIRST = encodeAddress('tbnb', new Uint8Array(20).fill(1));
const SECOND = encodeAddress('bnb', new Uint8Array(20).fill(2));
const LISTED = new Set(['BNB_BTC', 'AAA_BNB', 'RUNE-B1A_BNB']);
const MINUTE_MS = 60_000;

interface Setting {
  readonly limits?: Partial<GatewayLimits>;
  readonly compressed?: boolean;
  readonly random?: number;
  readonly isListed?: (symbol: string) => boolean;
}

/** A session, and what it does to the world. */
const opened = (setting: Setting = {}) => {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const wanted = new Set<string>();
  const closings: [number, string][] = [];
  let pings = 0;
  const link: Link = {
    sendText: (text) => sent.push(text),
    ping: () => {
      pings += 1;
    },
    close: (code, reason) => closings.push([code, reason]),
    subscribe: ({ topic }, subject) => wanted.add(`${subject}@${topic}`),
    unsubscribe: ({ topic }, subject) => wanted.delete(`${subject}@${topic}`),
  };
  const session = new Session(link, setting.compressed ?? false, {
    clock,
    limits: { ...DEFAULT_LIMITS, ...setting.limits },
    random: () => setting.random ?? 0,
    isListed: setting.isListed ?? ((symbol) => LISTED.has(symbol)),
  });
  return {
    clock,
    session,
    sent,
    closings,
    get pings() {
      return pings;
    },
    wants: () => [...wanted].sort(),
    say: (...commands: readonly object[]) => {
      for (const command of commands) session.receive(JSON.stringify(command));
    },
    /** Lets time pass, answering pings unless told otherwise. */
    pass: (ms: number, answers = true) => {
      for (let left = ms; left > 0; left -= TICK_MS) {
        clock.advance(Math.min(left, TICK_MS));
        const before = pings;
        session.tick();
        if (answers && pings > before) session.ponged();
      }
    },
  };
};

const subscribe = (topic: string, ...symbols: string[]) => ({ method: 'subscribe', topic, symbols });
const refusal = (method: string, error: string): string => JSON.stringify({ method, error: { error } });

test('every topic can be subscribed to, and no success is ever answered', () => {
  const { session, say, sent, wants } = opened({ compressed: true });
  for (const topic of allTopics()) {
    if (['orders', 'accounts', 'transfers'].includes(topic)) say({ method: 'subscribe', topic, address: FIRST });
    else say(subscribe(topic, /^(all|blockheight)/.test(topic) ? '$all' : 'BNB_BTC'));
  }
  say({ method: 'keepAlive' });
  expect(wants()).toHaveLength(allTopics().length);
  say({ method: 'unsubscribe', topic: 'trades' });
  expect(wants()).toHaveLength(allTopics().length - 1);
  expect(sent).toEqual([]);
  expect(session.closed).toBe(false);
});

test('the same command may come as text or as bytes, its keys in any case of letters', () => {
  const { session, wants, sent } = opened();
  session.receive('{"Method":"subscribe","TOPIC":"trades","Symbols":["BNB_BTC"]}');
  session.receive(new TextEncoder().encode('{"METHOD":"subscribe","topic":"ticker","symbols":["BNB_BTC"]}'));
  expect(wants()).toEqual(['BNB_BTC@ticker', 'BNB_BTC@trades']);
  expect(sent).toEqual([]);
});

test('address and userAddress are both understood, and address wins', () => {
  const { say, wants } = opened();
  say({ method: 'subscribe', topic: 'orders', userAddress: FIRST });
  expect(wants()).toEqual([`${FIRST}@orders`]);
  say({ method: 'subscribe', topic: 'accounts', userAddress: FIRST, Address: SECOND, symbols: null });
  expect(wants()).toEqual([`${SECOND}@accounts`]);
});

test('symbols in lower case are folded to upper case', () => {
  const { say, wants } = opened();
  say(subscribe('trades', 'rune-b1a_bnb'));
  expect(wants()).toEqual(['RUNE-B1A_BNB@trades']);
});

test('another address takes the place of the first one, whatever the topics', () => {
  const { session, say, wants } = opened();
  session.open([FIRST]);
  expect(wants()).toEqual([`${FIRST}@accounts`, `${FIRST}@orders`, `${FIRST}@transfers`]);
  say({ method: 'subscribe', topic: 'orders', address: SECOND }, subscribe('trades', 'BNB_BTC'));
  expect(wants()).toEqual([...[`${SECOND}@orders`, 'BNB_BTC@trades']].sort());
});

test('every refusal has its text, changes nothing, and leaves the session open', () => {
  const { session, say, sent, wants } = opened();
  say(subscribe('trades', 'BNB_BTC'));
  const cases: [string, string, string][] = [
    ['no JSON', '', 'Invalid message'],
    ['[]', '', 'Invalid message'],
    ['null', '', 'Invalid message'],
    ['{}', '', 'Invalid method'],
    ['{"method":"list"}', 'list', 'Invalid method'],
    ['{"method":7}', '', 'Invalid method'],
    ['{"method":"subscribe"}', 'subscribe', 'Invalid topic'],
    ['{"method":"subscribe","topic":"kline_4m","symbols":["BNB_BTC"]}', 'subscribe', 'Invalid topic'],
    ['{"method":"subscribe","topic":"trades"}', 'subscribe', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":null}', 'subscribe', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":["AAA_BNB","NO_SUCH"]}', 'subscribe', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"trades","symbols":["$all"]}', 'subscribe', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"allTickers","symbols":["BNB_BTC"]}', 'subscribe', 'Invalid symbol(s)'],
    ['{"method":"subscribe","topic":"orders"}', 'subscribe', 'Invalid address'],
    [`{"method":"subscribe","topic":"orders","address":"${FIRST.slice(0, -1)}q"}`, 'subscribe', 'Invalid address'],
    ['{"method":"unsubscribe","topic":"nothing"}', 'unsubscribe', 'Invalid topic'],
    ['{"method":"unsubscribe","topic":"trades","symbols":["NO_SUCH"]}', 'unsubscribe', 'Invalid symbol(s)'],
  ];
  for (const [message, method, error] of cases) {
    session.receive(message);
    expect(sent.splice(0), message).toEqual([refusal(method, error)]);
    expect(wants()).toEqual(['BNB_BTC@trades']);
    expect(session.closed).toBe(false);
  }
  session.receive(new Uint8Array([0xff, 0xfe]));
  expect(sent).toEqual([refusal('', 'Invalid message')]);
});

test('an address of another chain is refused', () => {
  const { say, sent } = opened();
  say({ method: 'subscribe', topic: 'orders', address: encodeAddress('cosmos', new Uint8Array(20)) });
  expect(sent).toEqual([refusal('subscribe', 'Invalid address')]);
});

test('unsubscribe takes a whole topic, some symbols of it, or some symbols of all topics', () => {
  const { session, say, wants, sent } = opened();
  session.open(['BNB_BTC@trades', 'AAA_BNB@trades', 'BNB_BTC@ticker', 'AAA_BNB@ticker', '$all@blockheight', FIRST]);
  say({ method: 'unsubscribe', topic: 'trades', symbols: ['BNB_BTC'] });
  expect(wants()).not.toContain('BNB_BTC@trades');
  say({ method: 'unsubscribe', symbols: ['AAA_BNB'] });
  expect(wants()).toEqual(
    ['$all@blockheight', 'BNB_BTC@ticker', `${FIRST}@accounts`, `${FIRST}@orders`, `${FIRST}@transfers`].sort(),
  );
  say({ method: 'unsubscribe', topic: 'blockheight' }, { method: 'unsubscribe', topic: 'ticker', symbols: null });
  say({ method: 'unsubscribe', topic: 'orders', address: FIRST }, { method: 'unsubscribe', topic: 'miniTicker' });
  expect(wants()).toEqual([`${FIRST}@accounts`, `${FIRST}@transfers`]);
  expect(sent).toEqual([]);
});

test('a URL that names one thing wrong gets the refusal and is closed, without any of the rest', () => {
  const cases: [string, string][] = [
    ['BNB_BTC@nothing', 'Invalid topic'],
    ['nothing', 'Invalid topic'],
    ['', 'Invalid topic'],
    ['NO_SUCH@trades', 'Invalid symbol(s)'],
    ['$all@trades', 'Invalid symbol(s)'],
    ['BNB_BTC@blockheight', 'Invalid symbol(s)'],
    [`${FIRST.slice(0, -1)}q`, 'Invalid address'],
    ['tbnb1short', 'Invalid address'],
    ['BNB_BTC@marketDepth1000', 'Compression required'],
  ];
  for (const [name, error] of cases) {
    const { session, sent, closings, wants } = opened();
    session.open(['AAA_BNB@trades', name]);
    expect(sent, name).toEqual([refusal('subscribe', error)]);
    expect(closings).toEqual([[1008, error]]);
    expect(wants()).toEqual([]);
  }
});

test('marketDepth1000 is refused where nothing is compressed', () => {
  const plain = opened();
  plain.say(subscribe('marketDepth1000', 'BNB_BTC'));
  expect(plain.sent).toEqual([refusal('subscribe', 'Compression required')]);
  expect(plain.session.closed).toBe(false);
  const compressed = opened({ compressed: true });
  compressed.session.open(['BNB_BTC@marketDepth1000']);
  expect(compressed.wants()).toEqual(['BNB_BTC@marketDepth1000']);
});

test('a command of far too many symbols is refused without a look at them', () => {
  let asked = 0;
  const { say, sent, wants } = opened({ isListed: () => ++asked > 0 });
  const symbols = Array.from({ length: 60_000 }, (_, place) => `S${place}_BNB`);
  say(subscribe('trades', ...symbols), { method: 'unsubscribe', topic: 'trades', symbols });
  expect(sent).toEqual([refusal('subscribe', 'Too many symbols'), refusal('unsubscribe', 'Too many symbols')]);
  expect(asked).toBe(0);
  expect(wants()).toEqual([]);
});

test('thousands of symbols fit in one command, more than the limits are refused as a whole', () => {
  const symbols = Array.from({ length: 5_001 }, (_, place) => `S${place}_BNB`);
  const isListed = (): boolean => true;
  const many = opened({ isListed, limits: { streamsPerSession: 10_000 } });
  many.say(subscribe('trades', ...symbols));
  expect(many.sent.splice(0)).toEqual([refusal('subscribe', 'Too many symbols')]);
  many.say(subscribe('trades', ...symbols.slice(1)));
  expect(many.wants()).toHaveLength(5_000);

  const few = opened({ isListed });
  few.say(subscribe('trades', ...symbols.slice(0, 1_024)));
  expect(few.wants()).toHaveLength(1_024);
  few.say(subscribe('ticker', 'S1_BNB'));
  expect(few.sent).toEqual([refusal('subscribe', 'Too many streams')]);
  few.say(subscribe('trades', 'S1_BNB'), { method: 'unsubscribe', topic: 'trades', symbols: ['S1_BNB'] });
  few.say(subscribe('ticker', 'S1_BNB'));
  expect(few.wants()).toHaveLength(1_024);
  expect(few.sent).toHaveLength(1);

  const byUrl = opened({ isListed });
  byUrl.session.open(symbols.slice(0, 1_025).map((symbol) => `${symbol}@trades`));
  expect(byUrl.closings).toEqual([[1008, 'Too many streams']]);
});

test('a hundred commands may come at once and twenty a second, one more closes with 1008', () => {
  const { session, clock, closings } = opened();
  const burst = (count: number): void => {
    for (let sent = 0; sent < count; sent += 1) session.receive('{"method":"keepAlive"}');
  };
  burst(100);
  for (let second = 0; second < 5; second += 1) {
    clock.advance(1_000);
    burst(20);
  }
  clock.advance(500);
  burst(9);
  session.pinged();
  expect(closings).toEqual([]);
  session.pinged();
  expect(closings).toEqual([[1008, 'too many messages']]);
});

test('a message over the limit closes with 1009', () => {
  const { session, closings } = opened({ limits: { messageBytes: 10 } });
  session.receive(' '.repeat(11));
  expect(closings).toEqual([[1009, 'message too large']]);
});

test('a session without subscriptions is closed after a minute, keepAlive or not', () => {
  const { say, pass, closings } = opened();
  pass(30_000);
  say({ method: 'keepAlive' });
  pass(29_000);
  say(subscribe('trades', 'BNB_BTC'));
  pass(5 * MINUTE_MS);
  say({ method: 'unsubscribe', topic: 'trades' });
  pass(59_000);
  expect(closings).toEqual([]);
  pass(1_000);
  expect(closings).toEqual([[1000, 'no subscription']]);
});

test('a session expires 30 to 60 minutes after its last keepAlive, wherever its window lies', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(90), (random, minutes) => {
      const { session, clock, say } = opened({ random, limits: { pongWithin: Number.POSITIVE_INFINITY } });
      session.open(['$all@blockheight']);
      const lifeFrom = (start: number): number => {
        while (!session.closed) {
          clock.advance(TICK_MS);
          session.tick();
        }
        return clock.now() - start;
      };
      for (let minute = 0; minute < minutes; minute += 1) {
        clock.advance(MINUTE_MS);
        if (minute % 29 === 0) say({ method: 'keepAlive' });
        session.tick();
      }
      expect(session.closed).toBe(false);
      say({ method: 'keepAlive' });
      const life = lifeFrom(clock.now());
      expect(life).toBeGreaterThanOrEqual(30 * MINUTE_MS - TICK_MS);
      expect(life).toBeLessThanOrEqual(60 * MINUTE_MS + TICK_MS);
    }),
    { numRuns: 20 },
  );
});

test('a client that sends keepAlive each half hour is never expired, and one that does not is, with code 1000', () => {
  for (const random of [0, 0.1, 0.5, 0.999]) {
    const { session, say, pass, closings } = opened({ random });
    session.open(['$all@blockheight']);
    for (let round = 0; round < 10; round += 1) {
      pass(30 * MINUTE_MS - TICK_MS);
      say({ method: 'keepAlive' });
    }
    expect(closings).toEqual([]);
    pass(60 * MINUTE_MS);
    expect(closings).toEqual([[1000, 'expired']]);
  }
});

test('a ping goes out every 30 seconds at the latest', () => {
  const setup = opened();
  setup.session.open(['$all@blockheight']);
  for (let round = 1; round <= 10; round += 1) {
    setup.pass(30_000);
    expect(setup.pings).toBeGreaterThanOrEqual(round);
  }
  expect(setup.pings).toBeLessThanOrEqual(11);
});

test('a client that answers no ping is closed with 1001 after a minute', () => {
  const { session, say, pass, closings } = opened();
  session.open(['$all@blockheight']);
  pass(59_000, false);
  say({ method: 'keepAlive' });
  expect(closings).toEqual([]);
  pass(1_000, false);
  expect(closings).toEqual([[1001, 'no pong']]);
});

test('a pause of the whole process closes nobody for want of a pong', () => {
  const { session, clock, closings } = opened();
  session.open(['$all@blockheight']);
  clock.advance(10 * MINUTE_MS);
  session.tick();
  clock.advance(TICK_MS);
  session.tick();
  session.ponged();
  clock.advance(50_000);
  session.tick();
  expect(closings).toEqual([]);
});

test('more unread than the budget closes with 1013', () => {
  const { session, closings, wants } = opened({ limits: { unsentBytes: 1_000 } });
  session.open(['BNB_BTC@trades']);
  expect(session.isOverdrawn(1_000)).toBe(false);
  expect(session.isOverdrawn(1_001)).toBe(true);
  expect(closings).toEqual([[1013, 'too slow a reader']]);
  expect(wants()).toEqual([]);
});

test('the close command closes with 1000, drops everything, and nothing is heard after it', () => {
  const { session, say, closings, wants, sent } = opened();
  session.open(['BNB_BTC@trades']);
  say({ method: 'close' }, { method: 'nonsense' }, subscribe('trades', 'AAA_BNB'), { method: 'close' });
  session.tick();
  expect(closings).toEqual([[1000, 'closed on request']]);
  expect(wants()).toEqual([]);
  expect(sent).toEqual([]);
});

test('no message makes a session throw or close, and each is either obeyed in silence or refused once', () => {
  const word = fc.constantFrom('subscribe', 'unsubscribe', 'trades', 'orders', 'blockheight', '$all', 'BNB_BTC', FIRST);
  const value = fc.oneof(word, fc.array(word), fc.jsonValue(), fc.constant(null));
  const key = fc.constantFrom('method', 'Method', 'topic', 'symbols', 'address', 'userAddress', '__proto__');
  const message = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 200 }),
    fc.dictionary(key, value).map((command) => JSON.stringify(command)),
    fc.dictionary(key, value).map((command) => new TextEncoder().encode(JSON.stringify(command))),
    fc.json(),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 90 }), (messages) => {
      const { session, sent, closings } = opened();
      for (const one of messages) {
        const before = sent.length;
        session.receive(one);
        expect(sent.length - before).toBeLessThanOrEqual(1);
      }
      for (const text of sent) expect(text).toMatch(/^\{"method":".*","error":\{"error":"Invalid [a-z()]+"\}\}$/s);
      expect(closings).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
