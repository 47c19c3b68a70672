/**
 * The client's line, from a socket's text to a consumer: `connect`, and the wiring behind it.
 * In: a network and options. Out: a `Dex`, whose subscriptions outlive sockets.
 */
import {
  type AddressStream,
  blockheight,
  type DataOf,
  type DexError,
  decode,
  type EventOf,
  FrameError,
  type GlobalStream,
  peekTopic,
  readReply,
  type Stream,
  type SymbolStream,
  ValueError,
} from '@dexwire/protocol';
import type { Clock } from './clock.ts';
import { ClosedError, CommandError, ConnectionError, ConsumerError, QueueError } from './errors.ts';
import type { QueueOptions } from './eventQueue.ts';
import { lagOf } from './lag.ts';
import { Link, type Switchboard } from './link.ts';
import { type Network, networkOf, type Target } from './networks.ts';
import { type DexOptions, queueOf, settingsOf } from './options.ts';
import { type Ask, type Consumer, FENCE, type Path } from './path.ts';
import { deliver, heightOf, type Route, subscribersOf } from './router.ts';
import type { LinkPlan, Status } from './status.ts';
import { type Callback, type GapPolicy, type Handle, Subscribed, type Subscription } from './subscription.ts';
import { wait } from './wait.ts';

export interface SubscribeOptions {
  /** Its abort closes the subscription; `once` then rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Default: 10,000 items, the oldest gives way; where newer events replace older ones, 1,000 that `conflate`. */
  readonly queue?: Partial<QueueOptions>;
  /** Default: `repair` if the connection has a `repair`, else `report`. */
  readonly gaps?: GapPolicy;
  /**
   * Called once, when the subscription is over: with the error that ended it, which then comes nowhere else unless somebody
   * waits for it, or with nothing if it was closed, or the connection was.
   */
  readonly onEnd?: (error?: DexError) => void;
}

export interface OfSymbols extends SubscribeOptions {
  /** Such as `BNB_BTCB-1DE`. */
  readonly symbols: readonly string[];
}

export interface OfAddress extends SubscribeOptions {
  /** A socket has one address: a second one gets a socket of its own. */
  readonly address: string;
}

export interface DexStats {
  /** Texts that came, of which nobody wanted some, and some could not be read. */
  readonly frames: number;
  readonly unwanted: number;
  readonly unreadable: number;
  /** Keys that no table has; they are left out of events. */
  readonly unknownKeys: number;
}

/** A connection to the DEX. It dials on the first subscription. */
export interface Dex extends AsyncDisposable {
  /**
   * Events of a stream, to iterate or for a callback. What may have been missed comes among them, as items of their own.
   *
   * @throws ClosedError; ValueError `SUBJECT_MISSING` if it is not said of what symbols or address, `OPTION_INVALID`.
   */
  subscribe<S extends SymbolStream>(stream: S, wanted: OfSymbols): Subscription<EventOf<S>>;
  subscribe<S extends SymbolStream>(stream: S, wanted: OfSymbols, callback: Callback<EventOf<S>>): Handle;
  subscribe<S extends AddressStream>(stream: S, wanted: OfAddress): Subscription<EventOf<S>>;
  subscribe<S extends AddressStream>(stream: S, wanted: OfAddress, callback: Callback<EventOf<S>>): Handle;
  subscribe<S extends GlobalStream>(stream: S, wanted?: SubscribeOptions): Subscription<EventOf<S>>;
  subscribe<S extends GlobalStream>(stream: S, wanted: SubscribeOptions, callback: Callback<EventOf<S>>): Handle;
  /**
   * Subscribes, waits for one frame, unsubscribes.
   *
   * @returns A list for the streams whose frames are lists.
   * @throws ConnectionError, CommandError, ClosedError, or the signal's reason.
   */
  once<S extends SymbolStream>(stream: S, wanted: OfSymbols): Promise<DataOf<S>>;
  once<S extends AddressStream>(stream: S, wanted: OfAddress): Promise<DataOf<S>>;
  once<S extends GlobalStream>(stream: S, wanted?: SubscribeOptions): Promise<DataOf<S>>;
  /**
   * Resolves when a socket is open and was asked for something; dials if need be.
   *
   * @throws ConnectionError with its cause, ClosedError, or the signal's reason.
   */
  ready(signal?: AbortSignal): Promise<void>;
  /**
   * First the state of every socket as it is, then every new one, and which streams fall silent and are heard again; ends when
   * the connection is closed. The last 100 wait.
   */
  status(signal?: AbortSignal): AsyncIterable<Status, void>;
  readonly stats: DexStats;
  /** What is asked for together, by which sockets, and how those do. */
  readonly plan: readonly LinkPlan[];
  /** Looks at once whether the sockets still live: for a program that knows that it has slept. */
  wake(): void;
  /**
   * Puts a new socket in the place of each, without a loss: for a gateway that announces its end. Resolves when that is done, or
   * cannot be done now.
   */
  renew(): Promise<void>;
  /** Where it connects to, whom it trusts, and the clock that it goes by: for what is built upon it, such as `dexwire/wallet`. */
  readonly network: Network;
  readonly ca: DexOptions['ca'];
  readonly clock: Clock;
  /** Lets every subscription give what waits, then closes. @throws The signal's reason; then it is not closed. */
  drain(signal?: AbortSignal): Promise<void>;
  /** Ends all subscriptions and closes all sockets, in order as long as `closeTimeout` allows. Final. */
  close(): Promise<void>;
}

/** How many topics are known, wanted and unknown ones together. Further ones are counted only. */
const TOPICS = 200;

/** How many states wait for whoever iterates `status()`. */
const STATES = 100;

const closedError = (): ClosedError => new ClosedError('the connection is closed');

/**
 * Nothing is dialled yet.
 *
 * @param target - `local`, `mainnet`, `testnet`, a URL, or `{ ws, rest }`.
 * @throws ValueError `OPTION_INVALID`
 */
export const connect = (target: Target, options: DexOptions = {}): Dex => {
  const network = networkOf(target);
  const { hint } = network;
  const links = new Set<Link>();
  const subscriptions = new Set<Consumer>();
  const watchers = new Set<(status: Status) => void>();
  /** Topics that somebody asked for, or that were reported. */
  const topics = new Set<string>();
  const stats = { frames: 0, unwanted: 0, unreadable: 0, unknownKeys: 0 };
  let isClosed = false;
  let isOver = false;
  let end: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const report = (error: DexError): void => {
    try {
      board.onError(error);
    } catch (thrown) {
      console.error(thrown);
    }
  };

  const onUnknownKey = (): void => {
    stats.unknownKeys++;
    board.metrics?.count('unknownKeys', 1, {});
  };

  const read = (link: Link, path: Path, text: string, isAgain = false): void => {
    const { check, metrics, clock } = board;
    if (!isAgain) stats.frames++;
    let route: Route<Consumer> | undefined;
    let data: unknown;
    link.reads(path);
    let topic: string | undefined;
    let counts: boolean | undefined;
    try {
      topic = peekTopic(text) ?? topicOf(path, text); // reads the head of the text, parses nothing
      if (topic === undefined) return;
      counts = link.admits(path, topic, text);
      if (counts) {
        route = link.router.match(topic);
        if (route) {
          check?.(route.stream, text);
          data = decode(route.stream, text, onUnknownKey); // once, however many subscriptions
          counts = link.follows(path, heightOf(data), topic === blockheight.topic) || link.admits(path, topic, text);
        } else unwanted(link, topic); // nobody asked, nothing is decoded
      }
      if (!counts && topic === blockheight.topic) link.beats(path, decode(blockheight, text).height);
    } catch (error) {
      if (!isAgain) {
        stats.unreadable++;
        metrics?.count('unreadable', 1, {});
        report(error as DexError);
      }
      // Of a path that does not count yet, it is looked at again once that does.
      counts ??= link.admits(path, '', text);
      if (counts) link.miss(route ? [...route.interests.values()] : link.router.all());
      return;
    }
    if (!route || !counts) return;
    const height = heightOf(data);
    if (metrics && !isAgain) {
      const lag = lagOf(data, clock.now());
      if (lag !== undefined) metrics.measure('arrival', lag, { topic });
    }
    deliver(route, data, height);
    link.saw(path, height);
    if (topic === blockheight.topic) link.beats(path, height!);
    metrics?.count('frames', 1, { topic });
  };

  /** The topic of a text that does not begin like a frame; none, if it is the refusal of a command. */
  const topicOf = (path: Path, text: string): string | undefined => {
    const reply = readReply(text);
    if (reply.kind === 'frame') return reply.topic;
    const { method, reason } = reply;
    const error = new CommandError(`${method || 'message'}: ${reason}`);
    if (method === FENCE) path.fenced();
    // What we no longer want is ignored if it comes all the same.
    else if (method !== 'unsubscribe' && !(method === 'subscribe' && path.refused(error))) report(error);
    return undefined;
  };

  const unwanted = (link: Link, topic: string): void => {
    stats.unwanted++;
    board.metrics?.count('unwanted', 1, {});
    // What a URL with an address brings besides is known, though nobody may want it.
    if (topics.size > TOPICS || topics.has(topic) || (link.address && link.way !== 'commands')) return;
    // Not as it stands: a part of a text keeps the whole of it alive.
    const name = Array.from(topic.slice(0, 40)).join('');
    topics.add(name);
    report(new FrameError('FRAME_UNKNOWN_TOPIC', 'stream', name));
  };

  const tell = (status: Status): void => {
    for (const watch of watchers) watch(status);
  };

  /** The last word, once the last socket is gone. */
  const finish = (): void => {
    if (!isClosed || links.size || isOver) return;
    isOver = true;
    deafen();
    end();
    tell({ name: 'closed' });
  };

  const settings = settingsOf(options, (error) => report(error));
  const board: Switchboard & typeof settings = {
    ...settings,
    first: true,
    endpoints: [network, ...settings.also.map(networkOf)].map(({ ws }) => ws),
    tools: { network, ca: settings.ca, clock: settings.clock },
    read,
    url: (endpoint: string, way: Ask, names: readonly string[]): string => {
      const [base = endpoint, query = ''] = endpoint.split(/(?=\?)/);
      if (way === 'commands') return endpoint;
      if (way === 'name') return `${base}/${names}${query}`;
      return `${base.replace(/ws$/, 'stream')}${query || '?'}&streams=${names.join('/')}`.replace('?&', '?');
    },
    changed: (link: Link, path: Path): void => {
      const status = link.statusOf(path);
      if (!link.hasPaths) links.delete(link);
      board.log?.({ level: 'info', event: path.state.name, data: { ...status } });
      tell(status);
      finish();
    },
    tell,
    failed: (link: Link, { state, endpoint }: Path): void => {
      if (link.hasPaths) return; // another one may come through
      const { cause } = state as { cause?: { message?: unknown } };
      const error = new ConnectionError('CONNECT_FAILED', `${endpoint}: ${cause?.message}${hint ? `; ${hint}` : ''}`, {
        cause,
      });
      for (const consumer of subscribersOf(link.router.all())) consumer.end(error);
    },
    broke: (cause: unknown): void => report(new ConsumerError('a repair threw', { cause })),
  };

  const wake = (): void => {
    for (const link of links) link.check();
  };
  const deafen = board.wakes(wake);

  /** @param own - The links of a subscription that has some of its own. */
  const linkFor = (stream: Stream, subject: string, own: Set<Link> | undefined): Link => {
    const open = [...(own ?? links)].filter((link) => link.isAlone === !!own && !link.isOver);
    // Who has it already brings it to one more for nothing.
    const found =
      open.find(({ router }) => router.get(stream, subject)) ?? open.find((link) => link.takes(stream, subject));
    if (found) return found;
    const link = new Link(board, stream, !!own);
    links.add(link);
    own?.add(link);
    return link;
  };

  const subscribe = (
    stream: Stream,
    {
      symbols = [],
      address = '',
      signal,
      queue,
      gaps = board.repair ? 'repair' : 'report',
      onEnd,
    }: Partial<OfSymbols & OfAddress> = {},
    callback?: Callback<unknown>,
  ): Consumer => {
    if (isClosed) throw closedError();
    const { conflatable, scope, topic } = stream;
    const subjects =
      scope === 'all'
        ? ['$all']
        : scope === 'address'
          ? [address.toLowerCase()]
          : [...new Set(Array.isArray(symbols) ? symbols.map((symbol) => String(symbol).toUpperCase()) : [])];
    if (!subjects.length || subjects.includes('')) {
      throw new ValueError(
        'SUBJECT_MISSING',
        scope === 'address' ? address : symbols,
        `{ ${scope === 'address' ? 'address' : 'symbols: [...]'} }`,
      );
    }
    const close = (): void => subscription.end();
    const own = queue?.policy === 'pause' ? new Set<Link>() : undefined;
    const subscription: Consumer = new Subscribed({
      stream,
      queue: queueOf(conflatable, queue),
      gaps,
      metrics: board.metrics,
      clock: board.clock,
      callback,
      report,
      onEnd,
      release: () => {
        signal?.removeEventListener('abort', close);
        subscriptions.delete(subscription);
      },
      flow:
        own &&
        ((isFlowing) => {
          for (const link of own)
            if (!link.flow(isFlowing)) subscription.end(new QueueError('the sockets of this runtime cannot be paused'));
        }),
    });
    subscriptions.add(subscription);
    signal?.addEventListener('abort', close);
    if (signal?.aborted) {
      close();
      return subscription;
    }
    topics.add(topic);
    for (const subject of subjects) {
      subscription.interests.push(linkFor(stream, subject, own).add(stream, subject, subscription));
    }
    return subscription;
  };

  const once = async (stream: Stream, wanted: Partial<OfSymbols & OfAddress> = {}): Promise<unknown> => {
    const { signal } = wanted;
    for await (const item of subscribe(stream, wanted)) {
      if (item.kind === 'events') return stream.data.node.kind === 'list' ? item.events : item.events[0];
    }
    signal?.throwIfAborted();
    throw closedError();
  };

  const ready = async (signal?: AbortSignal): Promise<void> => {
    const subscription = subscribe(blockheight);
    try {
      await subscription.ready(signal);
    } finally {
      subscription.end();
    }
  };

  async function* status(signal?: AbortSignal): AsyncGenerator<Status, void> {
    const states: Status[] = [...links].flatMap((link) => link.statuses);
    if (!states.length) states.push({ name: isClosed ? 'closed' : 'idle' });
    let wake = (): void => {};
    const watch = (state: Status): void => {
      if (states.push(state) > STATES) states.shift();
      wake();
    };
    watchers.add(watch);
    try {
      for (;;) {
        for (let state = states.shift(); state; state = states.shift()) yield state;
        if (isClosed && !links.size) return;
        await wait<void>(signal, ({ resolve }) => {
          wake = resolve;
          return resolve;
        });
      }
    } finally {
      watchers.delete(watch);
    }
  }

  const renew = async (): Promise<void> => {
    await Promise.all([...links].map((link) => link.renew()));
  };

  const drain = async (signal?: AbortSignal): Promise<void> => {
    await Promise.all([...subscriptions].map((subscription) => subscription.drain(signal)));
    await close();
  };

  const close = (): Promise<void> => {
    if (!isClosed) {
      isClosed = true;
      for (const subscription of subscriptions) subscription.end();
      for (const link of links) link.close();
      finish();
    }
    return ended;
  };

  return {
    subscribe,
    once,
    ready,
    status,
    stats,
    get plan() {
      return [...links].map((link) => link.plan);
    },
    wake,
    renew,
    network,
    ca: board.ca,
    clock: board.clock,
    drain,
    close,
    [Symbol.asyncDispose]: close,
  };
};
