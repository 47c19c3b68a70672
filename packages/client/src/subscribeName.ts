/**
 * Subscriptions by stream name, as it stands in a URL.
 * In: a connection and a name, whose type is looked at too. Out: the subscription that its stream would give.
 * Names bring all twelve streams along; a program that knows its streams imports those.
 */
import {
  type AccountUpdate,
  type CheckedName,
  type EventOf,
  type Named,
  type OrderReport,
  parseStreamName,
  type Stream,
  type Transfer,
} from '@dexwire/protocol';
import type { Dex, SubscribeOptions } from './connection.ts';
import type { Callback, Handle, Subscription } from './subscription.ts';

/** What an address gives: its three personal streams, on one socket. */
export interface PersonalSubscriptions {
  readonly orders: Subscription<OrderReport>;
  readonly accounts: Subscription<AccountUpdate>;
  readonly transfers: Subscription<Transfer>;
}

type PersonalHandles = Readonly<Record<keyof PersonalSubscriptions, Handle>>;
type PersonalEvent = OrderReport | AccountUpdate | Transfer;

type SubscriptionOf<N> = N extends { stream: infer S extends Stream }
  ? Subscription<EventOf<S>>
  : PersonalSubscriptions;
type HandleOf<N> = N extends { stream: Stream } ? Handle : PersonalHandles;
type EventOfNamed<N> = N extends { stream: infer S extends Stream } ? EventOf<S> : PersonalEvent;

/**
 * Subscribes to what a name names: `BNB_BTCB-1DE@kline_1h`, `$all@blockheight`, or an address.
 *
 * @param name - A literal that is no stream name does not compile.
 * @throws ValueError `STREAM_NAME_INVALID`, ClosedError.
 */
export function subscribeName<const Name extends string>(
  dex: Dex,
  name: CheckedName<Name>,
  options?: SubscribeOptions,
): SubscriptionOf<Named<Name>>;
export function subscribeName<const Name extends string>(
  dex: Dex,
  name: CheckedName<Name>,
  options: SubscribeOptions,
  callback: Callback<EventOfNamed<Named<Name>>>,
): HandleOf<Named<Name>>;
export function subscribeName(
  dex: Dex,
  name: string,
  options: SubscribeOptions = {},
  callback?: Callback<never>,
): Handle | PersonalHandles {
  const named: Named = parseStreamName<string>(name);
  const subscribe = dex.subscribe as (stream: Stream, wanted: object, callback?: Callback<never>) => Handle;
  if ('stream' in named) return subscribe(named.stream, { ...options, symbols: [named.subject] }, callback);
  const [orders, accounts, transfers] = named.streams.map((stream) =>
    subscribe(stream, { ...options, address: named.address }, callback),
  ) as [Handle, Handle, Handle];
  return { orders, accounts, transfers };
}
