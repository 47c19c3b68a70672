/**
 * A client over a socket in memory, for what comes behind the socket.
 * In: a mix. Out: a client subscribed to all of it, and a hand that makes the socket speak.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Callback,
  connect,
  type Dex,
  type QueueOptions,
  type Socket,
  type Stream,
  type Subscription,
} from 'dexwire';
import { ADDRESS, MIXES, type MixName } from './mixes.ts';

export interface MemoryDex {
  readonly dex: Dex;
  /** One for each stream of the mix. */
  readonly subscriptions: readonly Subscription<unknown>[];
  /** The socket says the mix's frames, again and again: `count` of them, `burst` in one turn of the event loop. */
  speak(count: number, burst: number): Promise<void>;
}

type Subscribe = (stream: Stream, wanted: object, callback?: Callback<unknown>) => Subscription<unknown>;

export interface MemoryOptions {
  readonly callback?: Callback<unknown> | undefined;
  readonly queue?: QueueOptions;
}

export const openMemory = async (mix: MixName, { callback, queue }: MemoryOptions = {}): Promise<MemoryDex> => {
  const { texts, wanted } = MIXES[mix];
  let socket: Socket | undefined;
  const dex = connect('ws://memory', {
    openSocket: () => {
      const opened: Socket = { send: () => {}, close: () => opened.onClose?.(1000, ''), terminate: () => {} };
      socket = opened;
      queueMicrotask(() => opened.onOpen?.());
      return opened;
    },
  });
  // One call for all scopes, which the face of `subscribe` keeps apart.
  const subscribe = dex.subscribe as Subscribe;
  const subscriptions = wanted.map(({ stream, symbols }) =>
    subscribe(stream, { symbols, address: ADDRESS, ...(queue && { queue }) }, callback),
  );
  for (const subscription of subscriptions) await subscription.ready();
  let place = 0;
  const speak = async (count: number, burst: number): Promise<void> => {
    for (let said = 0; said < count; said++) {
      socket?.onText?.(texts[place]!);
      place = (place + 1) % texts.length;
      if (said % burst === burst - 1) await nextTurn();
    }
    await nextTurn();
  };
  return { dex, subscriptions, speak };
};
