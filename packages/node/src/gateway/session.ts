/**
 * One client: what it says, what it wants, how long it may stay. Pure: no sockets, and time comes in.
 * In: messages, pongs, ticks of the gateway's clock, how much the client has left unread.
 * Out: refusals, pings, subscriptions that begin and end, at last one close.
 *
 * A command that is obeyed is never answered: clients exist that fail on an acknowledgement.
 */
import {
  formatRefusal,
  isAddress,
  type Milliseconds,
  parseCommand,
  parseStreamName,
  type RefusalText,
  type Stream,
  streamForTopic,
  ValueError,
} from '@dexwire/protocol';
import type { Clock } from '../clock.ts';
import type { GatewayCounts } from './counts.ts';
import type { GatewayLimits } from './limits.ts';

/** What a session does to the world. */
export interface Link {
  /** A frame for this client alone. */
  sendText(text: string): void;
  ping(): void;
  /** From here on nothing is sent; everything the client wanted has been dropped before. */
  close(code: number, reason: string): void;
  subscribe(stream: Stream, subject: string): void;
  unsubscribe(stream: Stream, subject: string): void;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  /** 0 to 1, exclusive: where in its window the session expires, so that not all do at once. */
  readonly random: () => number;
  readonly isListed: (symbol: string) => boolean;
  readonly counts?: GatewayCounts;
}

/** How often `tick` is to be called. What is due is found at most so much later, and pings go out as much earlier. */
export const TICK_MS = 1_000;

const INVALID_ADDRESS = 'Invalid address';
const INVALID_SYMBOLS = 'Invalid symbol(s)';
const INVALID_TOPIC = 'Invalid topic';
const TOO_MANY_STREAMS = 'Too many streams';

/** Needs compression (spec §5.2). */
const COMPRESSED_TOPIC = 'marketDepth1000';

const isVenueAddress = (text: string): boolean => isAddress(text, 'bnb') || isAddress(text, 'tbnb');

const decoder = new TextDecoder('utf-8', { fatal: true });

interface Wanted {
  readonly stream: Stream;
  readonly subjects: Set<string>;
}

type Pair = readonly [Stream, string];

export class Session {
  readonly #link: Link;
  readonly #options: SessionOptions;
  readonly #compressed: boolean;
  /** By topic. A topic without subjects is not in it. */
  readonly #wanted = new Map<string, Wanted>();
  #streams = 0;
  #address: string | undefined;
  #closed = false;
  #tokens: number;
  #tokensAt: Milliseconds;
  #pingAt: Milliseconds;
  /** Sending time of the first ping that no pong has answered yet. */
  #unansweredSince: Milliseconds | undefined;
  #heardAt: Milliseconds;
  #expiresAt: Milliseconds;
  readonly #phase: Milliseconds;
  /** Since when it has wanted nothing. */
  #idleSince: Milliseconds | undefined;

  /** @param compressed - Whether the socket compresses what it sends. */
  constructor(link: Link, compressed: boolean, options: SessionOptions) {
    const { clock, limits, random } = options;
    const now = clock.now();
    this.#link = link;
    this.#options = options;
    this.#compressed = compressed;
    this.#tokens = limits.messageBurst;
    this.#tokensAt = now;
    this.#pingAt = now + limits.pingEvery;
    this.#heardAt = now;
    this.#idleSince = now;
    this.#phase = random() * limits.keepAliveWindow;
    this.#expiresAt = this.#expiry(now);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whose personal streams it wants. */
  get address(): string | undefined {
    for (const { stream } of this.#wanted.values()) if (stream.scope === 'address') return this.#address;
    return undefined;
  }

  /** What it wants, as stream names with the topic behind each subject: `<address>@orders` too. */
  subscriptions(): string[] {
    const names: string[] = [];
    for (const [topic, { subjects }] of this.#wanted) for (const subject of subjects) names.push(`${subject}@${topic}`);
    return names;
  }

  /** Wants what the URL names, all of it; a name that names nothing ends the session: the refusal, then close 1008. */
  open(names: readonly string[]): void {
    const pairs: Pair[] = [];
    for (const name of names) {
      const named = this.#read(name);
      const fault =
        typeof named === 'string' ? named : pairs.push(...named) > this.#limits.streamsPerSession && TOO_MANY_STREAMS;
      if (fault) {
        this.#refuse('subscribe', fault);
        this.close(1008, fault);
        return;
      }
    }
    for (const [stream, subject] of pairs) this.#want(stream, subject);
  }

  /** @param message - Text, or a binary message that holds text. */
  receive(message: string | Uint8Array): void {
    if (this.#closed) return;
    // A text of n characters has n bytes or more; what it has in truth, whoever reads the socket has bounded.
    if (message.length > this.#limits.messageBytes) this.close(1009, 'message too large');
    else if (!this.#admits()) this.close(1008, 'too many messages');
    else this.#obey(message);
  }

  /** The client sent a ping, which costs as much as a command. Its answer is the socket's affair. */
  pinged(): void {
    if (!this.#closed && !this.#admits()) this.close(1008, 'too many messages');
  }

  ponged(): void {
    this.#heardAt = this.#options.clock.now();
    this.#unansweredSince = undefined;
  }

  /** Whether the client has left too much unread; if so, the session is closed. */
  isOverdrawn(unsentBytes: number): boolean {
    if (unsentBytes <= this.#limits.unsentBytes) return false;
    if (!this.#closed && this.#options.counts) this.#options.counts.slowReaders += 1;
    this.close(1013, 'too slow a reader');
    return true;
  }

  /** Does what is due: to be called every `TICK_MS`. */
  tick(): void {
    if (this.#closed) return;
    const now = this.#options.clock.now();
    const { idleWithin, pingEvery, pongWithin } = this.#limits;
    // After a stall of the whole process the pongs wait unread behind this tick, hence the time that a ping has had.
    const asked = this.#unansweredSince !== undefined && now - this.#unansweredSince >= pongWithin / 3;
    if (now >= this.#expiresAt) this.close(1000, 'expired');
    else if (this.#idleSince !== undefined && now - this.#idleSince >= idleWithin) this.close(1000, 'no subscription');
    else if (asked && now - this.#heardAt >= pongWithin) this.close(1001, 'no pong');
    else if (now > this.#pingAt - TICK_MS) {
      this.#pingAt = now + pingEvery;
      this.#unansweredSince ??= now;
      this.#link.ping();
    }
  }

  /** Drops all it wants and closes; the first close counts. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.ended();
    this.#link.close(code, reason);
  }

  /**
   * Drops what it wants without a word to the client, as if it had never been asked for.
   *
   * @param topic - All topics unless given.
   * @param subject - All subjects unless given.
   * @returns How many subscriptions were dropped.
   */
  forget(topic?: string, subject?: string): number {
    const before = this.#streams;
    // A copy: what is dropped leaves the map.
    for (const { stream, subjects } of [...this.#wanted.values()]) {
      if (topic !== undefined && stream.topic !== topic) continue;
      for (const one of subject === undefined ? [...subjects] : [subject]) this.#drop(stream, one);
    }
    return before - this.#streams;
  }

  /** The socket is gone, or about to be. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { stream, subjects } of this.#wanted.values()) {
      for (const subject of subjects) this.#link.unsubscribe(stream, subject);
    }
    this.#wanted.clear();
  }

  get #limits(): GatewayLimits {
    return this.#options.limits;
  }

  /**
   * When a session ends whose last keepAlive came at `last`: at the second turn of its window after it. So a keepAlive
   * for each window is enough, however late in it.
   */
  #expiry(last: Milliseconds): Milliseconds {
    const window = this.#limits.keepAliveWindow;
    return Math.ceil((last - this.#phase) / window) * window + this.#phase + window;
  }

  /** Takes one token of the bucket, if there is one. */
  #admits(): boolean {
    const now = this.#options.clock.now();
    const { messageBurst, messagesPerSecond } = this.#limits;
    const gained = (Math.max(now - this.#tokensAt, 0) / 1_000) * messagesPerSecond;
    this.#tokens = Math.min(this.#tokens + gained, messageBurst) - 1;
    this.#tokensAt = now;
    return this.#tokens >= 0;
  }

  #obey(message: string | Uint8Array): void {
    let text: string;
    try {
      text = typeof message === 'string' ? message : decoder.decode(message);
    } catch {
      text = ''; // no UTF-8, so no JSON
    }
    if (this.#options.counts) this.#options.counts.commandsIn += 1;
    const command = parseCommand(text, this.#options.isListed, isVenueAddress, this.#limits.symbolsPerCommand);
    if ('error' in command) {
      this.#refuse(command.method, command.error);
      return;
    }
    switch (command.method) {
      case 'subscribe':
        this.#subscribe(command.topic, command.symbols ?? [], command.address);
        break;
      case 'unsubscribe':
        this.#unsubscribe(command.topic, command.symbols);
        break;
      case 'keepAlive':
        this.#expiresAt = this.#expiry(this.#options.clock.now());
        break;
      case 'close':
        this.close(1000, 'closed on request');
    }
  }

  #subscribe(topic: string, symbols: readonly string[], address: string | undefined): void {
    const stream = streamForTopic(topic);
    const subjects = new Set(address === undefined ? symbols : [address]);
    const held = this.#wanted.get(topic)?.subjects;
    let added = 0;
    for (const subject of subjects) if (!held?.has(subject)) added += 1;
    if (stream === undefined) this.#refuse('subscribe', INVALID_TOPIC);
    else if (this.#streams + added > this.#limits.streamsPerSession) this.#refuse('subscribe', TOO_MANY_STREAMS);
    else if (topic === COMPRESSED_TOPIC && !this.#compressed) this.#refuse('subscribe', 'Compression required');
    else for (const subject of subjects) this.#want(stream, subject);
  }

  #unsubscribe(topic: string | undefined, symbols: readonly string[] | undefined): void {
    // A copy: what is dropped leaves the map.
    for (const { stream, subjects } of [...this.#wanted.values()]) {
      if (topic === undefined ? stream.scope === 'symbol' : stream.topic === topic) {
        for (const subject of symbols ?? [...subjects]) this.#drop(stream, subject);
      }
    }
  }

  #want(stream: Stream, subject: string): void {
    if (stream.scope === 'address' && subject !== this.#address) {
      // One address a socket: another one takes the place of the first, whatever the topics (spec §5).
      for (const held of [...this.#wanted.values()]) {
        if (held.stream.scope === 'address' && this.#address !== undefined) this.#drop(held.stream, this.#address);
      }
      this.#address = subject;
    }
    let wanted = this.#wanted.get(stream.topic);
    if (wanted?.subjects.has(subject)) return;
    if (wanted === undefined) {
      wanted = { stream, subjects: new Set() };
      this.#wanted.set(stream.topic, wanted);
    }
    wanted.subjects.add(subject);
    this.#streams += 1;
    this.#idleSince = undefined;
    this.#link.subscribe(stream, subject);
  }

  #drop(stream: Stream, subject: string): void {
    const wanted = this.#wanted.get(stream.topic);
    if (!wanted?.subjects.delete(subject)) return;
    if (wanted.subjects.size === 0) this.#wanted.delete(stream.topic);
    this.#streams -= 1;
    if (this.#streams === 0) this.#idleSince = this.#options.clock.now();
    this.#link.unsubscribe(stream, subject);
  }

  /** What a stream name asks for, or why it cannot be had. */
  #read(name: string): readonly Pair[] | RefusalText {
    try {
      const named = parseStreamName(name);
      if ('address' in named) {
        const { streams, address } = named;
        return isVenueAddress(address) ? streams.map((stream): Pair => [stream, address]) : INVALID_ADDRESS;
      }
      const { stream, subject } = named;
      if (stream.scope === 'symbol' && !this.#options.isListed(subject)) return INVALID_SYMBOLS;
      return stream.topic === COMPRESSED_TOPIC && !this.#compressed ? 'Compression required' : [[stream, subject]];
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const at = name.lastIndexOf('@');
      if (at < 0) return /^t?bnb1/i.test(name) ? INVALID_ADDRESS : INVALID_TOPIC;
      return streamForTopic(name.slice(at + 1)) ? INVALID_SYMBOLS : INVALID_TOPIC;
    }
  }

  #refuse(method: string, error: RefusalText): void {
    if (this.#options.counts) this.#options.counts.commandsRefused += 1;
    this.#link.sendText(formatRefusal({ method, error }));
  }
}
