/**
 * What clients say to the gateway: right commands, nearly right ones, and everything else.
 * In: chance, the symbols that are listed. Out: messages, text or bytes; of those made to be right, what they mean.
 */
import { allTopics, type Command, encodeAddress, streamForTopic } from '@dexwire/protocol';
import type { Chance } from './chance.ts';

export interface ClientMessage {
  readonly sent: string | Uint8Array;
  /** What a reader has to find in it; undefined where that is not known beforehand. */
  readonly means?: Command;
}

const TOPICS = allTopics();
const scoped = (scope: string): string[] => TOPICS.filter((topic) => streamForTopic(topic)?.scope === scope);
const SYMBOL_TOPICS = scoped('symbol');
const ADDRESS_TOPICS = scoped('address');
const ALL_TOPICS = scoped('all');

const ADDRESSES = [1, 2, 3, 4].flatMap((fill) =>
  (['bnb', 'tbnb'] as const).map((prefix) => encodeAddress(prefix, new Uint8Array(20).fill(fill))),
);
const BAD_ADDRESSES = [
  encodeAddress('cosmos', new Uint8Array(20)),
  `${ADDRESSES[0]}x`,
  ADDRESSES[0]!.slice(0, -1),
  ADDRESSES[0]!.replace('1', '2'),
  `Bnb${ADDRESSES[0]!.slice(3)}`,
];

const METHODS = ['subscribe', 'unsubscribe', 'keepAlive', 'close'];
const KEYS = ['method', 'topic', 'symbols', 'address', 'userAddress', '__proto__', 'constructor', 'id'];

const encoder = new TextEncoder();

export class ClientMessages {
  readonly #chance: Chance;
  readonly #symbols: readonly string[];
  /** Made once: they are as large as the largest message that the gateway reads, or larger. */
  readonly #large: readonly (string | Uint8Array)[];

  /** @param mostBytes - Of a message. */
  constructor(chance: Chance, symbols: readonly string[], mostBytes: number) {
    this.#chance = chance;
    this.#symbols = symbols;
    const half = mostBytes / 2;
    const command = (list: readonly string[]): string =>
      JSON.stringify({ method: 'subscribe', topic: 'trades', symbols: list });
    this.#large = [
      '['.repeat(mostBytes),
      '['.repeat(half) + ']'.repeat(half),
      '{"symbols":'.repeat(mostBytes / 12),
      `{"method":"${'m'.repeat(mostBytes - 13)}"}`,
      ' '.repeat(mostBytes),
      '\u00e9'.repeat(mostBytes),
      'x'.repeat(mostBytes + 1),
      new Uint8Array(mostBytes),
      new Uint8Array(mostBytes + 1),
      new Uint8Array(mostBytes).fill(0xff),
      encoder.encode('1'.repeat(mostBytes)),
      command(new Array<string>(5_000).fill(symbols[0]!)),
      command(new Array<string>(5_001).fill(symbols[0]!)),
      command([...new Array<string>(4_999).fill(symbols[0]!), 'NONE']),
      command(Array.from({ length: 5_000 }, (_, number) => `S${number}_BNB`)),
    ];
  }

  next(): ClientMessage {
    const chance = this.#chance;
    if (chance.once(2_000)) return { sent: chance.one(this.#large) };
    const kind = chance.below(20);
    if (kind < 8) return this.#right();
    if (kind < 11) return { sent: chance.garbled(JSON.stringify(this.#command())) };
    if (kind < 17) return { sent: this.#packed(JSON.stringify(this.#near())) };
    if (kind < 18) return { sent: chance.once(2) ? chance.bytes(200) : chance.noise(200) };
    if (kind < 19) return { sent: this.#deep() };
    return { sent: JSON.stringify(chance.oddValue(4)) ?? 'undefined' };
  }

  /** Every so often as bytes. */
  #packed(text: string): string | Uint8Array {
    return this.#chance.once(3) ? encoder.encode(text) : text;
  }

  #right(): ClientMessage {
    const means = this.#command();
    const keys = Object.entries(means).map(([key, value]): [string, unknown] => {
      const name = key === 'address' && this.#chance.once(2) ? 'userAddress' : key;
      if (this.#chance.once(4)) return [this.#chance.anyCase(name), value];
      return [name, key === 'address' && this.#chance.once(3) ? String(value).toUpperCase() : value];
    });
    if (this.#chance.once(5)) keys.push([`x${this.#chance.noise(5)}`, this.#chance.oddValue()]);
    return { sent: this.#packed(JSON.stringify(Object.fromEntries(this.#chance.shuffled(keys)))), means };
  }

  #command(): Command {
    const chance = this.#chance;
    const kind = chance.below(40);
    if (kind === 0) return { method: chance.once(8) ? 'close' : 'keepAlive' };
    if (kind < 6) return { method: 'subscribe', topic: chance.one(ADDRESS_TOPICS), address: chance.one(ADDRESSES) };
    if (kind < 10) return { method: 'subscribe', topic: chance.one(ALL_TOPICS), symbols: ['$all'] };
    if (kind < 30) return { method: 'subscribe', topic: chance.one(SYMBOL_TOPICS), symbols: this.#someSymbols() };
    if (kind < 32) return { method: 'unsubscribe', symbols: this.#someSymbols() };
    if (kind < 38) return { method: 'unsubscribe', topic: chance.one(SYMBOL_TOPICS), symbols: this.#someSymbols() };
    return { method: 'unsubscribe', topic: chance.one(TOPICS) };
  }

  /** Some may come twice. */
  #someSymbols(): string[] {
    const most = this.#chance.once(10) ? 30 : 3;
    return Array.from({ length: 1 + this.#chance.below(most) }, () => this.#chance.one(this.#symbols));
  }

  /** A command of which one or more members are something else, are missing, or stand there twice. */
  #near(): object {
    const chance = this.#chance;
    const members: [string, unknown][] = Object.entries(this.#command());
    for (let left = 1 + chance.below(2); left > 0; left -= 1) {
      const key = chance.one(KEYS);
      const value = this.#nearValue(key);
      const at = members.findIndex(([name]) => name === key);
      if (chance.once(4) && at >= 0) members.splice(at, 1);
      else if (at >= 0) members[at] = [chance.once(2) ? key : chance.anyCase(key), value];
      else members.push([key, value]);
    }
    return Object.fromEntries(members);
  }

  #nearValue(key: string): unknown {
    const chance = this.#chance;
    if (chance.once(3)) return chance.oddValue();
    if (key === 'method') return chance.once(2) ? chance.anyCase(chance.one(METHODS)) : 'm'.repeat(chance.below(200));
    if (key === 'topic') return chance.once(2) ? chance.one(TOPICS) : chance.garbled(chance.one(TOPICS));
    if (key === 'symbols') return this.#nearSymbols();
    return chance.one(chance.once(2) ? ADDRESSES : BAD_ADDRESSES);
  }

  #nearSymbols(): unknown {
    const chance = this.#chance;
    const symbols: unknown[] = this.#someSymbols();
    const odd = chance.below(6);
    if (odd === 0) return symbols[0];
    if (odd === 1) return Object.fromEntries(symbols.entries());
    if (odd === 2) return [symbols];
    if (odd === 3) return symbols.map((symbol) => chance.anyCase(String(symbol)));
    if (odd === 4) return new Array(1 + chance.below(60)).fill(chance.one(this.#symbols));
    symbols.splice(chance.below(symbols.length + 1), 0, chance.once(2) ? chance.oddText() : chance.oddValue());
    return symbols;
  }

  #deep(): string {
    const depth = 1 + this.#chance.below(this.#chance.once(10) ? 5_000 : 50);
    const inner = JSON.stringify(this.#chance.oddValue()) ?? '';
    const [before, after] = this.#chance.one([
      ['[', ']'],
      ['{"method":', '}'],
      ['{"symbols":[', ']}'],
      ['[', ''],
    ] as const);
    return before.repeat(depth) + inner + after.repeat(depth);
  }
}

/** What stands in URLs, right and wrong. */
export const streamNames = (chance: Chance, symbols: readonly string[]): string[] =>
  Array.from({ length: chance.below(4) }, () =>
    chance.weighted<() => string>([
      [10, () => `${chance.one(symbols)}@${chance.one(SYMBOL_TOPICS)}`],
      [3, () => chance.one(ADDRESSES)],
      [3, () => `$all@${chance.one(ALL_TOPICS)}`],
      [1, () => `${chance.oddText()}@${chance.one(TOPICS)}`],
      [1, () => chance.garbled(`${chance.one(symbols)}@${chance.one(TOPICS)}`)],
      [1, () => chance.one(BAD_ADDRESSES)],
    ])(),
  );
