/**
 * A client on a network in memory and a clock that is stepped: nothing in it is left to chance or to the machine.
 * Unless a test says otherwise, nothing is ever silent for too long: most have no frames come but those that they need.
 * In: options of `connect`. Out: the client, the clock, the network, and the errors that no promise carried.
 */
import { connect, type Dex, type DexError, type DexOptions, type Stream, type Subscription } from 'dexwire';
import { MemoryNetwork } from './memorySocket.ts';
import { seededRandom } from './random.ts';
import type { Sample } from './sampleFrames.ts';
import { settled, VirtualClock } from './virtualClock.ts';

export const URL_OF_NODE = 'ws://node.test/api/ws';

export interface MemoryDex {
  readonly dex: Dex;
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly errors: DexError[];
}

export const memoryDex = (options: DexOptions = {}, network = new MemoryNetwork()): MemoryDex => {
  const clock = new VirtualClock();
  const errors: DexError[] = [];
  const dex = connect(URL_OF_NODE, {
    openSocket: network.openSocket,
    clock,
    random: seededRandom(1),
    staleAfter: Number.POSITIVE_INFINITY,
    onError: (error) => errors.push(error),
    ...options,
  });
  return { dex, clock, network, errors };
};

/** Subscribes to a sample's stream, whatever its scope. */
export const subscribeTo = (dex: Dex, { stream, wanted }: Sample): Subscription<unknown> =>
  (dex.subscribe as (stream: Stream, wanted: object) => Subscription<unknown>)(stream, wanted);

/** Closes, answering for the far end, and tells whether anything was left behind. */
export const closed = async ({ dex, clock }: MemoryDex): Promise<number> => {
  const closing = dex.close();
  await settled();
  await closing;
  return clock.pending;
};
