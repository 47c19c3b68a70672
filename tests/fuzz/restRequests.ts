/**
 * What is asked over HTTP: the paths that there are with right and wrong parameters, paths that there are not, messages for the
 * JSON entry, whole, broken and in lists, and bytes that are no transaction.
 * In: chance, the venue that is asked. Out: requests, and which statuses may answer them.
 */
import { allTopics, encodeAddress, KLINE_INTERVALS, ORDER_STATUSES } from '@dexwire/protocol';
import { formatMessage, type Message, MessageError } from '@dexwire/protocol/transactions';
import { MAX_BROADCAST_CHARACTERS } from '../../packages/node/src/rest/broadcast.ts';
import { ENTRY_PATH, MAX_BATCH, MAX_ENTRY_BYTES } from '../../packages/node/src/rest/entry.ts';
import type { Venue } from '../../packages/node/src/venue.ts';
import { ChainMessages } from './chainMessages.ts';
import type { Chance } from './chance.ts';

export interface RestRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | undefined;
  /** Whether the body comes in pieces, and its length is not said. */
  readonly isStreamed: boolean;
  /** All that may answer it. */
  readonly statuses: readonly number[];
  /** Whether an entry may well be accepted. */
  readonly isGood: boolean;
}

const ORIGIN = 'http://127.0.0.1:27100';

type Named = readonly (readonly [name: string, value: string])[];

const READ = [200, 400, 404];
const NOT_TAKEN = [404, 405];

const METHODS = ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'FOO', 'get', 'PROPFIND'];

const NAMES = (
  'symbol limit offset interval startTime endTime start end address side status total buyerOrderId sellerOrderId ' +
  'quoteAsset height format txType txAsset blockHeight apikey __proto__ constructor'
).split(' ');

const NUMBERS = ['0', '1', '2', '5', '10', '100', '1000', '1001', '-1', '1e3', '0x5', '1.5', ' 1', '+1', '007'];
const LARGE = [
  '9007199254740991',
  '9007199254740992',
  '9223372036854775807',
  '99999999999999999999',
  '8640000000000001',
];
const HOSTS = ['127.0.0.1:27100', 'localhost', '[::1]', 'LOCALHOST:1'];
const FOREIGN_HOSTS = [
  'evil.example',
  '127.0.0.1.evil.example',
  '',
  'a b',
  '10.0.0.1',
  '[::2]',
  'localhost@evil.example',
];
const ORIGINS = ['http://localhost:3000', 'http://127.0.0.1', 'https://[::1]:1'];
const FOREIGN_ORIGINS = [
  'https://evil.example',
  'null',
  '',
  'http://localhost.evil.example',
  'file://',
  'localhost@x.example',
];
const TYPES = ['application/json', 'Application/JSON; charset=utf-8', 'application/json ;x'];
const OTHER_TYPES = ['text/plain', '', 'application/jsonp', 'application/x-www-form-urlencoded', 'x, application/json'];

/** Well formed, whatever becomes of it. */
const ANY_MESSAGE = {
  ...{ type: 'cancelOrder', sender: encodeAddress('tbnb', new Uint8Array(20)), symbol: 'ABC-123_BNB', refId: 'x-1' },
};

/** A list that is too long, and one that is not but too large; made once. */
const LONG_LIST = `[${new Array(MAX_BATCH + 1).fill(JSON.stringify(ANY_MESSAGE)).join()}]`;
const LARGE_BODY = ' '.repeat(MAX_ENTRY_BYTES + 1);
const DEEP_BODY = '['.repeat(MAX_ENTRY_BYTES / 2) + ']'.repeat(MAX_ENTRY_BYTES / 2);

/** Surrogates that stand alone cannot be encoded. */
const encode = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));

export class RestRequests {
  readonly #chance: Chance;
  readonly #venue: Venue;
  readonly #messages: ChainMessages;
  /** Of transactions and orders that were once accepted. */
  readonly #hashes: string[] = [];
  readonly #orderIds: string[] = [];

  constructor(chance: Chance, venue: Venue) {
    this.#chance = chance;
    this.#venue = venue;
    this.#messages = new ChainMessages(chance, venue.state);
  }

  /** Trades for a while, so that there is something to be asked about. */
  trade(messages: number): void {
    for (let sent = 0; sent < messages; sent += 1) {
      const { result, hash } = this.#venue.enter(this.#messages.good());
      if (result.ok) this.noteAccepted(hash, result.data);
      if (this.#chance.once(40)) this.#venue.advance();
    }
  }

  /** @param data - As the chain gives it: of an order it has the id. */
  noteAccepted(hash: string, data: string | undefined): void {
    if (this.#hashes.length < 1_000) this.#hashes.push(hash);
    const [, id] = /^\{"order_id":"([^"]+)"\}$/.exec(data ?? '') ?? [];
    if (id !== undefined && this.#orderIds.length < 1_000) this.#orderIds.push(id);
  }

  /** For one of the two applications. */
  next(): RestRequest & { readonly app: 'rest' | 'entry' } {
    const chance = this.#chance;
    if (chance.once(5)) return { app: 'entry', ...this.#entry() };
    if (chance.once(20)) return { app: 'rest', ...this.#broadcast() };
    const [path, named] = this.#read();
    const method = chance.once(8) ? chance.one(METHODS) : chance.once(20) ? 'HEAD' : 'GET';
    const isRead = /^(get|head)$/i.test(method);
    return {
      app: 'rest',
      method,
      url: this.#url(path, named),
      headers: chance.once(10) ? { origin: 'https://example.org' } : {},
      body: isRead || method === 'OPTIONS' ? undefined : 'x',
      isStreamed: false,
      statuses: isRead ? READ : method === 'OPTIONS' ? [204] : NOT_TAKEN,
      isGood: false,
    };
  }

  #url(path: string, named: Named): string {
    const query = named.map(([name, value]) => `${name}=${encode(value)}`).join('&');
    const slash = this.#chance.once(30) ? '/' : '';
    return `${ORIGIN}${path}${slash}${query === '' ? '' : `?${query}`}`;
  }

  #read(): readonly [path: string, named: Named] {
    const chance = this.#chance;
    if (chance.once(12)) return [this.#oddPath(), this.#oddNames()];
    const [path, named] = this.#right();
    if (chance.once(2)) return [path, named];
    const kept = named.filter(() => !chance.once(8));
    return [path, chance.shuffled([...kept, ...this.#oddNames()])];
  }

  /** A path with parameters that it takes. */
  #right(): readonly [path: string, named: Named] {
    const chance = this.#chance;
    const symbol = chance.one(this.#venue.symbols);
    const address = this.#address();
    const mini = chance.once(3) ? '/mini' : '';
    const v1 = '/api/v1';
    const some = (...named: Named): Named => named.filter(() => chance.once(2));
    const page = some(['limit', String(1 + chance.below(1_000))], ['offset', String(chance.below(50))], ['total', '1']);
    const end = this.#venue.now() - chance.below(100_000);
    const start = end - chance.below(3_600_000);
    const side = ['side', chance.one(['1', '2'])] as const;
    const window = some(['start', String(start)], ['end', String(end)]);
    return chance.one<() => readonly [string, Named]>([
      () => [`${v1}/${chance.one(['time', 'node-info', 'peers', 'fees'])}`, []],
      () => [`${v1}${mini}/tokens`, page],
      () => [`${v1}${mini}/markets`, page],
      () => [`${v1}/depth`, [['symbol', symbol], ...some(['limit', chance.one(['5', '10', '100', '500', '1000'])])]],
      () => [
        `${v1}${mini}/klines`,
        [
          ['symbol', symbol],
          ['interval', chance.one(KLINE_INTERVALS)],
          ...some(['limit', String(1 + chance.below(1_000))], ['startTime', String(start)], ['endTime', String(end)]),
        ],
      ],
      () => [`${v1}${mini}/ticker/24hr`, some(['symbol', symbol])],
      () => [
        `${v1}${mini}/trades`,
        [...page, ...window, ...some(['symbol', symbol], ['address', address], side, ['quoteAsset', 'BNB'])],
      ],
      () => [`${v1}/orders/open`, [['address', address], ...page, ...some(['symbol', symbol])]],
      () => [
        `${v1}/orders/closed`,
        [['address', address], ...page, ...window, ...some(side, ['status', chance.one(ORDER_STATUSES)])],
      ],
      () => [`${v1}/orders/${this.#part(this.#orderId())}`, []],
      () => [`${v1}/account/${this.#part(address)}`, []],
      () => [`${v1}/account/${this.#part(address)}/sequence`, []],
      () => [
        `${v1}/transactions`,
        [['address', address], ...page, ...some(['txAsset', 'BNB'], ['txType', 'TRANSFER'])],
      ],
      () => [`${v1}/tx/${this.#part(this.#hash())}`, some(['format', 'json'])],
      () => [`/bc${v1}/txs`, [['address', address], ...some(['startTime', String(start)], ['endTime', String(end)])]],
      () => [`${v1}/openapi.json`, []],
    ])();
  }

  /** Of an account, or of nobody who ever had one. */
  #address(): string {
    if (this.#chance.once(8)) return encodeAddress('tbnb', new Uint8Array(20).fill(this.#chance.below(256)));
    return this.#chance.one([...this.#venue.state.accounts]).address;
  }

  /** A part of a path, every so often one that means nothing there. */
  #part(text: string): string {
    return this.#chance.once(4) ? encode(this.#oddValue()) : text;
  }

  #orderId(): string {
    return this.#chance.once(4) ? this.#messages.oddOrderId() : this.#chance.one(this.#orderIds);
  }

  #hash(): string {
    return this.#chance.once(4) ? 'a'.repeat(64) : this.#chance.one(this.#hashes);
  }

  #oddNames(): Named {
    return Array.from({ length: this.#chance.below(4) }, () => {
      const name = this.#chance.once(12) ? encode(this.#chance.oddText()) : this.#chance.one(NAMES);
      return [name, this.#oddValue()] as const;
    });
  }

  #oddValue(): string {
    const chance = this.#chance;
    return chance.one<() => string>([
      () => chance.one(NUMBERS),
      () => chance.one(LARGE),
      () => chance.oddText(),
      () => this.#messages.oddAddress(),
      () => this.#messages.oddSymbol(),
      () => this.#messages.oddOrderId(),
      () => chance.one(allTopics()),
      () => new Array(chance.below(300)).fill(chance.one(ORDER_STATUSES)).join(),
    ])();
  }

  /** Some of it may not be percent-encoded as it should be. */
  #oddPath(): string {
    const chance = this.#chance;
    const parts = Array.from({ length: chance.below(4) }, () =>
      chance.one<() => string>([
        () => chance.one(['account', 'orders', 'tx', 'mini', 'depth', 'sequence', 'open', '..', '.', '', '%', '%ff']),
        () => encode(this.#oddValue()),
        () => encode(chance.noise(10)),
        () => this.#messages.oddAddress().replace(/[^\w]/g, ''),
      ])(),
    );
    const base = chance.one(['/api/v1', '/api/v1/account', '/api/v1/orders', '/api/v1/tx', '/api', '', '/API/V1']);
    return `${base}/${parts.join('/')}`;
  }

  /** Nobody here has a key, so none is accepted; what keys are for is a fuzz of its own. */
  #broadcast(): RestRequest {
    const chance = this.#chance;
    const isForeign = chance.once(10);
    const hex = Buffer.from(chance.bytes(200)).toString('hex');
    return {
      method: 'POST',
      url: `${ORIGIN}/api/v1/broadcast${chance.one(['', '?sync=true', '?sync=0', '?sync=yes', '?sync=1&sync=1'])}`,
      headers: { 'content-type': 'text/plain', ...(isForeign ? { origin: chance.one(FOREIGN_ORIGINS) } : {}) },
      body: chance.one<() => string | Uint8Array>([
        () => hex,
        () => ` ${hex.toUpperCase()}\n`,
        () => chance.garbled(hex),
        () => chance.bytes(100),
        () => '0'.repeat(MAX_BROADCAST_CHARACTERS + chance.below(2)),
      ])(),
      isStreamed: chance.once(10),
      statuses: isForeign ? [403] : [400, 413],
      isGood: false,
    };
  }

  #entry(): RestRequest {
    const chance = this.#chance;
    const isForeign = chance.once(25);
    const isElsewhere = chance.once(25);
    const isPosted = !chance.once(25);
    const isOtherType = chance.once(25);
    const isForeignPage = isForeign && chance.once(2);
    const host = chance.one(isForeign && !isForeignPage ? FOREIGN_HOSTS : HOSTS);
    const origin = isForeignPage ? chance.one(FOREIGN_ORIGINS) : chance.once(10) ? chance.one(ORIGINS) : undefined;
    const type = chance.one(isOtherType ? OTHER_TYPES : TYPES);
    const method = isPosted ? 'POST' : chance.one(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'FOO']);
    const hasBody = !['GET', 'HEAD'].includes(method);
    const { body, statuses, isGood } = this.#body();
    // In the order in which a request is looked at.
    const refusals: readonly (readonly [isRefused: boolean, status: number])[] = [
      [isForeign, 403],
      [isElsewhere, 404],
      [!isPosted, 405],
      [isOtherType, 415],
    ];
    const refusal = refusals.find(([isRefused]) => isRefused)?.[1];
    return {
      method,
      url: this.#url(isElsewhere ? this.#oddPath() : ENTRY_PATH, chance.once(10) ? this.#oddNames() : []),
      headers: {
        ...{ host, ...(origin === undefined ? {} : { origin }) },
        ...(type === '' ? {} : { 'content-type': type }),
      },
      body: hasBody ? body : undefined,
      isStreamed: hasBody && chance.once(15),
      statuses: refusal === undefined ? statuses : [refusal],
      isGood: isGood && refusal === undefined,
    };
  }

  #body(): Pick<RestRequest, 'body' | 'statuses' | 'isGood'> {
    const chance = this.#chance;
    const kind = chance.below(100);
    if (kind < 25) return { body: JSON.stringify(this.#goodJson()), statuses: [200, 400], isGood: true };
    if (kind < 30) {
      const list = Array.from({ length: 1 + chance.below(6) }, () =>
        chance.once(3) ? this.#badJson() : this.#goodJson(),
      );
      return { body: JSON.stringify(list), statuses: [200, 400], isGood: true };
    }
    if (kind === 30) return { body: LONG_LIST, statuses: [400], isGood: false };
    if (kind === 31 && chance.once(4)) return { body: LARGE_BODY, statuses: [413], isGood: false };
    if (kind === 32 && chance.once(4)) return { body: DEEP_BODY, statuses: [400], isGood: false };
    if (kind < 40)
      return { body: chance.once(2) ? chance.bytes(100) : chance.noise(100), statuses: [400], isGood: false };
    if (kind < 50) {
      // It may still be right: a space more, or another digit.
      return { body: chance.garbled(JSON.stringify(this.#goodJson())), statuses: [200, 400], isGood: true };
    }
    if (kind < 55) return { body: JSON.stringify(chance.oddValue(4)), statuses: [400], isGood: false };
    return { body: JSON.stringify(this.#badJson()), statuses: [200, 400], isGood: true };
  }

  /** With all that may go with a message, which need not be right. */
  #goodJson(): object {
    const chance = this.#chance;
    const message = this.#messages.good();
    const json = this.#json(message) ?? { type: message.type };
    const odd = chance.below(12);
    if (odd === 0) return { ...json, memo: chance.once(2) ? 'hello' : chance.oddText() };
    if (odd === 1) return { ...json, source: chance.once(2) ? chance.below(5) : chance.oddNumber() };
    if (odd > 2) return json;
    const sequence = chance.once(2) ? chance.one([2 ** 53 - 1, 2 ** 53 - 2, -1, 0, 1]) : chance.oddNumber();
    // An order gets its id from the sequence if it has none.
    return { ...json, sequence, ...(message.type === 'newOrder' ? { id: chance.one(['', message.id]) } : {}) };
  }

  /** `undefined`: no JSON is for it. */
  #json(message: Message): object | undefined {
    try {
      return formatMessage(message);
    } catch (error) {
      if (error instanceof MessageError) return undefined;
      throw error;
    }
  }

  /** A message that the chain refuses, or one in which a member is missing, of another type, or too many. */
  #badJson(): object {
    const chance = this.#chance;
    const good = this.#messages.good();
    if (chance.once(3)) {
      const json = this.#json(this.#messages.bad(good));
      if (json !== undefined) return json;
    }
    const members: [string, unknown][] = Object.entries(this.#json(good) ?? {});
    for (let left = 1 + chance.below(2); left > 0 && members.length > 0; left -= 1) {
      const at = chance.below(members.length);
      const [name] = members[at]!;
      const odd = chance.below(16);
      if (odd < 4) members.splice(at, 1);
      else if (odd < 7) members.push([chance.oddText().slice(0, 100), chance.oddValue()]);
      else members[at] = [name, chance.once(2) ? chance.oddValue() : this.#oddMember()];
    }
    return Object.fromEntries(members);
  }

  #oddMember(): unknown {
    const chance = this.#chance;
    const values = [
      '-0.00000001',
      '0',
      '92233720368.54775807',
      '92233720368.54775808',
      '0.000000001',
      '1e5',
      '1',
      '01',
    ];
    if (chance.once(2)) return chance.one(values);
    return chance.one([this.#messages.oddAddress(), this.#messages.oddSymbol(), this.#messages.oddOrderId()]);
  }
}
