import assert from 'node:assert/strict';
import { type Command, type CommandRefusal, isAddress, parseCommand, type RefusalText } from '@dexwire/protocol';
import { defaultGenesis } from '../../packages/node/src/chain/defaultGenesis.ts';
import { GatewayCounts } from '../../packages/node/src/gateway/counts.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from '../../packages/node/src/gateway/limits.ts';
import { Listing } from '../../packages/node/src/gateway/listing.ts';
import { Session, TICK_MS } from '../../packages/node/src/gateway/session.ts';
import { frameText } from '../../packages/node/src/gateway/source.ts';
import { defaultTraders } from '../../packages/node/src/traders/defaultTraders.ts';
import { Venue } from '../../packages/node/src/venue.ts';
import { VirtualClock } from '../support/virtualClock.ts';
import type { Chance } from './chance.ts';
import { ClientMessages, streamNames } from './clientMessages.ts';
import { fuzz } from './fuzz.ts';
import { SessionModel } from './sessionModel.ts';
import { Steps } from './steps.ts';

const MESSAGES = 100_000;
const PER_SESSION = 400;
/** By which time goes on: what the bucket gains in it is a whole message. */
const STEP_MS = 50;

/** Every text that a command may be refused with. */
const REFUSALS: Readonly<Record<RefusalText, true>> = {
  'Invalid message': true,
  'Invalid method': true,
  'Invalid topic': true,
  'Invalid symbol(s)': true,
  'Invalid address': true,
  'Too many symbols': true,
  'Too many streams': true,
  'Compression required': true,
};

/** Longer than any refusal: a method of 100 characters, each written as six, and the rest. */
const REFUSAL_CHARACTERS = 700;

/** Closings that every run brings. */
const CLOSINGS = [
  '1009 message too large',
  '1008 too many messages',
  '1000 closed on request',
  '1013 too slow a reader',
];

/** Closings that a session's own clock may bring, which the model does not know. */
const TIMED_CLOSINGS: readonly string[] = ['1000 expired', '1000 no subscription', '1001 no pong'];

/** Few streams and symbols, so that a session often stands at its limits. */
const NARROW: GatewayLimits = { ...DEFAULT_LIMITS, streamsPerSession: 40, symbolsPerCommand: 25 };

const decoder = new TextDecoder('utf-8', { fatal: true });

const textOf = (sent: string | Uint8Array): string => {
  try {
    return typeof sent === 'string' ? sent : decoder.decode(sent);
  } catch {
    return '';
  }
};

const isVenueAddress = (text: string): boolean => isAddress(text, 'bnb') || isAddress(text, 'tbnb');

/** Messages that a client may send now, in thousandths; a message costs a thousand. */
class Bucket {
  #left: number;
  readonly #limits: GatewayLimits;

  constructor(limits: GatewayLimits) {
    this.#limits = limits;
    this.#left = limits.messageBurst * 1_000;
  }

  pass(ms: number): void {
    this.#left = Math.min(this.#left + ms * this.#limits.messagesPerSecond, this.#limits.messageBurst * 1_000);
  }

  takes(): boolean {
    this.#left -= 1_000;
    return this.#left >= 0;
  }
}

/** One client's stay: a session over the venue, the model beside it, and what passes between session and world. */
class Stay {
  readonly session: Session;
  readonly model: SessionModel;
  readonly #limits: GatewayLimits;
  readonly #clock: VirtualClock;
  readonly #listed: ReadonlySet<string>;
  readonly #seen: Set<string>;
  readonly #steps = new Steps();
  readonly #bucket: Bucket;
  readonly #counts = new GatewayCounts();
  readonly #linked = new Set<string>();
  #sent: string[] = [];
  #closings: string[] = [];
  #pings = 0;
  #asked = 0;
  #refused = 0;
  #sinceTick = 0;

  /** @param seen - Gets each refusal and each closing that there was. */
  constructor(venue: Venue, listing: Listing, chance: Chance, seen: Set<string>) {
    const compressed = chance.once(2);
    this.#limits = chance.once(2) ? NARROW : DEFAULT_LIMITS;
    this.#clock = new VirtualClock(venue.now());
    this.#listed = new Set(venue.symbols);
    this.#seen = seen;
    this.#bucket = new Bucket(this.#limits);
    this.model = new SessionModel(this.#limits.streamsPerSession, compressed);
    this.session = new Session(
      {
        sendText: (text) => this.#sent.push(text),
        ping: () => {
          this.#pings += 1;
        },
        close: (code, reason) => this.#closings.push(`${code} ${reason}`),
        subscribe: (stream, subject) => {
          this.#steps.add(1);
          const name = `${subject}@${stream.topic}`;
          assert.ok(!this.#linked.has(name), `subscribed twice: ${name}`);
          this.#linked.add(name);
          // As the gateway does: a book comes first.
          const first = venue.snapshot(stream, subject);
          if (first !== undefined) assert.ok(frameText(first).startsWith('{"stream":"marketDepth'));
        },
        unsubscribe: (stream, subject) => {
          this.#steps.add(1);
          const name = `${subject}@${stream.topic}`;
          assert.ok(this.#linked.delete(name), `unsubscribed, but was not subscribed: ${name}`);
        },
      },
      compressed,
      {
        clock: this.#clock,
        limits: this.#limits,
        random: () => chance.below(1_000) / 1_000,
        isListed: (symbol) => {
          this.#asked += 1;
          return listing.has(symbol);
        },
        counts: this.#counts,
      },
    );
  }

  open(names: readonly string[]): void {
    this.session.open(names);
    if (this.session.closed) {
      assert.equal(this.#sent.length, 1);
      assert.deepEqual(this.#closings, [`1008 ${this.#refusal('subscribe')}`]);
      this.#refused += 1;
      this.#checkEnd();
      return;
    }
    assert.deepEqual(this.#sent, []);
    for (const name of this.#linked) this.model.wanted.add(name);
    this.#checkHeld();
    this.#steps.take();
  }

  /** @param means - What the message has to be read as, if that is known. */
  say(sent: string | Uint8Array, means: Command | undefined): void {
    const isTooLarge = sent.length > this.#limits.messageBytes;
    const isTooMany = !isTooLarge && !this.#bucket.takes();
    this.#asked = 0;
    this.session.receive(sent);
    const asked = this.#asked;
    assert.ok(asked <= this.#limits.symbolsPerCommand, `${asked} symbols were looked at`);
    if (isTooLarge || isTooMany) {
      this.#checkClosed(isTooLarge ? '1009 message too large' : '1008 too many messages');
      assert.equal(asked, 0, 'the symbols of a message that is not read were looked at');
      return;
    }
    const { symbolsPerCommand } = this.#limits;
    const read = parseCommand(textOf(sent), (symbol) => this.#listed.has(symbol), isVenueAddress, symbolsPerCommand);
    if (means !== undefined) this.#checkMeaning(read, means);
    const method = read.method;
    const fault = 'error' in read ? read.error : this.model.obey(read);
    if (fault === undefined) assert.deepEqual(this.#sent, [], 'a command that is obeyed is not answered');
    else {
      this.#refused += 1;
      assert.equal(this.#refusal(method), fault);
      if (fault === 'Too many symbols') assert.equal(asked, 0, 'the symbols of too long a list were looked at');
    }
    if (method === 'close') this.#checkClosed('1000 closed on request');
    else assert.deepEqual(this.#closings, []);
    const steps = this.#steps.take();
    const most = Math.max(symbolsPerCommand, 2 * this.#limits.streamsPerSession);
    assert.ok(steps <= most, `${steps} subscriptions came and went`);
    if (steps > 0) this.#checkHeld();
    assert.equal(this.#linked.size, this.model.wanted.size);
  }

  /** A ping costs as much as a message. */
  ping(): void {
    const isTooMany = !this.#bucket.takes();
    this.session.pinged();
    if (isTooMany) this.#checkClosed('1008 too many messages');
    else assert.deepEqual(this.#closings, []);
  }

  /** Lets time go by; the gateway's tick comes each second. @param answers - Whether the client answers pings. */
  pass(ms: number, answers: boolean): void {
    this.#bucket.pass(ms);
    this.#clock.advance(ms);
    this.#sinceTick += ms;
    if (this.#sinceTick < TICK_MS) return;
    this.#sinceTick = 0;
    const before = this.#pings;
    this.session.tick();
    assert.ok(this.#pings - before <= 1);
    if (answers && this.#pings > before) this.session.ponged();
    if (!this.session.closed) return;
    assert.ok(TIMED_CLOSINGS.includes(this.#closings[0] ?? ''), this.#closings[0]);
    this.#checkEnd();
  }

  /** Leaves more unread than is kept for it. */
  overdraw(): void {
    assert.ok(!this.session.isOverdrawn(this.#limits.unsentBytes));
    assert.ok(this.session.isOverdrawn(this.#limits.unsentBytes + 1));
    this.#checkClosed('1013 too slow a reader');
  }

  /** Drops one topic, or all of one subject, or everything, without a word. */
  forget(chance: Chance): void {
    const name = chance.one([...this.#linked, 'none@none']);
    const at = name.lastIndexOf('@');
    const topic = chance.once(2) ? name.slice(at + 1) : undefined;
    const subject = chance.once(2) ? name.slice(0, at) : undefined;
    const before = this.#linked.size;
    const dropped = this.session.forget(topic, subject);
    assert.equal(this.#linked.size, before - dropped);
    for (const held of [...this.model.wanted]) if (!this.#linked.has(held)) this.model.wanted.delete(held);
    this.#steps.take();
    this.#checkHeld();
  }

  /** The socket goes, and whatever comes after it means nothing. */
  end(): void {
    if (!this.session.closed) this.session.ended();
    this.#checkEnd();
    this.session.receive('{"method":"subscribe","topic":"trades","symbols":["BNB_BUSD-BD1"]}');
    this.session.receive('no JSON');
    this.session.pinged();
    this.session.tick();
    assert.deepEqual(this.#sent, []);
    assert.equal(this.#linked.size, 0);
    assert.ok(this.#closings.length <= 1);
  }

  #checkMeaning(read: Command | CommandRefusal, means: Command): void {
    if ('symbols' in means && (means.symbols?.length ?? 0) > this.#limits.symbolsPerCommand)
      assert.deepEqual(read, { method: means.method, error: 'Too many symbols' });
    else if (means.method === 'unsubscribe' && means.topic !== undefined && isPersonal(means.topic))
      assert.deepEqual(read, { method: 'unsubscribe', topic: means.topic });
    else assert.deepEqual(read, means);
  }

  /** Takes the one frame that was sent, which must be a refusal. */
  #refusal(method: string): string {
    assert.equal(this.#sent.length, 1, `sent ${this.#sent.length} frames`);
    const [text = ''] = this.#sent.splice(0);
    assert.ok(text.length <= REFUSAL_CHARACTERS, `a refusal of ${text.length} characters`);
    const frame: unknown = JSON.parse(text);
    assert.ok(typeof frame === 'object' && frame !== null);
    assert.deepEqual(Object.keys(frame), ['method', 'error']);
    assert.equal(Reflect.get(frame, 'method'), method);
    const error: unknown = Reflect.get(frame, 'error');
    assert.ok(typeof error === 'object' && error !== null);
    assert.deepEqual(Object.keys(error), ['error']);
    const reason = String(Reflect.get(error, 'error'));
    assert.ok(Object.hasOwn(REFUSALS, reason), reason);
    this.#seen.add(reason);
    return reason;
  }

  #checkHeld(): void {
    const held = this.session.subscriptions();
    assert.ok(held.length <= this.#limits.streamsPerSession, `${held.length} streams`);
    assert.deepEqual(new Set(held), this.model.wanted);
    assert.deepEqual(this.#linked, this.model.wanted);
    const addresses = new Set(held.flatMap((name) => /^(t?bnb1.*)@/.exec(name)?.[1] ?? []));
    assert.ok(addresses.size <= 1, 'personal streams of two addresses');
    assert.equal(this.session.address, [...addresses][0]);
  }

  #checkClosed(closing: string): void {
    assert.deepEqual(this.#closings, [closing]);
    this.#checkEnd();
  }

  #checkEnd(): void {
    assert.ok(this.session.closed);
    for (const closing of this.#closings) this.#seen.add(closing);
    this.model.wanted.clear();
    assert.deepEqual(this.session.subscriptions(), []);
    assert.equal(this.#linked.size, 0, 'subscriptions outlive their session');
    assert.deepEqual(this.#sent, []);
    assert.equal(this.#counts.commandsRefused, this.#refused);
  }
}

const isPersonal = (topic: string): boolean => ['orders', 'accounts', 'transfers'].includes(topic);

/** A venue with full books, whose time stands still but for `advance`. */
const openVenue = (seed: number): Venue => {
  const genesis = defaultGenesis();
  const accounts = new Map(
    genesis.accounts.flatMap(({ name, address }) => (name === undefined ? [] : [[name, address]])),
  );
  const symbols = genesis.pairs.map(({ base, quote }) => `${base}_${quote}`);
  const venue = new Venue({ genesis, actors: [defaultTraders({ seed, accounts, symbols })] });
  venue.advance(10);
  return venue;
};

fuzz(
  `${MESSAGES} messages of clients are obeyed in silence, refused by a known text or closed, and touch no state`,
  import.meta.url,
  ({ chance, next }) => {
    const venue = openVenue(chance.below(1_000));
    const listing = new Listing(venue);
    const messages = new ClientMessages(chance, venue.symbols, DEFAULT_LIMITS.messageBytes);
    const seen = new Set<string>();
    let before = venue.stateHash();
    for (let said = 0; said < MESSAGES; ) {
      if (chance.once(20)) {
        venue.advance();
        before = venue.stateHash();
      }
      const stay = new Stay(venue, listing, chance, seen);
      const names = streamNames(chance, venue.symbols);
      next({ names });
      stay.open(names);
      const isFlood = chance.once(10);
      for (let left = 1 + chance.below(PER_SESSION); left > 0 && said < MESSAGES && !stay.session.closed; left -= 1) {
        const { sent, means } = messages.next();
        next(sent);
        stay.say(sent, means);
        said += 1;
        const odd = chance.below(300);
        if (stay.session.closed) break;
        if (odd === 0) stay.forget(chance);
        else if (odd < 4) stay.ping();
        else if (odd === 4 && chance.once(10)) stay.overdraw();
        if (!stay.session.closed && !isFlood)
          stay.pass(STEP_MS * (1 + chance.below(chance.once(20) ? 200 : 2)), odd !== 5);
      }
      stay.end();
      assert.equal(venue.stateHash(), before, 'a client changed the state');
    }
    for (const expected of [...Object.keys(REFUSALS), ...CLOSINGS]) assert.ok(seen.has(expected), `never: ${expected}`);
  },
);
