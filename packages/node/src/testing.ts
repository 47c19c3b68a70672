/**
 * For tests of programs that stream or trade: a node of their own, a client to it, and time that moves when it is told to.
 * The door `@dexwire/node/testing`.
 * In: `connect` of the package `dexwire`, options. Out: node, client and clock, which one call ends.
 */
import type { Milliseconds } from '@dexwire/protocol';
import { type Node, type NodeOptions, startNode } from './node.ts';
import { settled, VirtualClock } from './virtualClock.ts';

export { settled, VirtualClock };

/** Of the event loop: one for a text to get to the other end, one for the answer, one to spare. */
const ROUNDS = 3;

/** How a client is made. It goes by the clock that it is given. */
export type Connect<Dex> = (
  target: { readonly ws: string; readonly rest: string },
  options: { readonly clock: VirtualClock },
) => Dex;

/** Port, clock and time are the test's own; the wire is plain. */
export type TestOptions = Omit<NodeOptions, 'port' | 'host' | 'tls' | 'clock' | 'time'>;

export interface TestDex<Dex> extends AsyncDisposable {
  readonly node: Node;
  readonly dex: Dex;
  /**
   * Of the sockets, at both ends: keepAlive, expiry and whatever else waits goes by it. `advance` moves it along with the
   * blocks; `at` leaves it, so that a day later the sockets are as they were.
   */
  readonly clock: VirtualClock;
  /**
   * Lets the node read what the client has asked for, then seals so many blocks, 1 unless given, one block time apart, each
   * of which the client gets to read. Await `dex.ready()` before the first, so that there is a socket to ask by.
   */
  advance(blocks?: number): Promise<void>;
  /**
   * Goes to a time (milliseconds since the Unix epoch) and seals one block there; the chain stands still in between.
   *
   * @throws NodeError `TIME_FALLS` if the time is over.
   */
  at(time: Milliseconds): Promise<void>;
  /** Ends the client, then the node. */
  close(): Promise<void>;
}

/**
 * A node without traders, unless options ask for them, in time that stands still, and a client connected to it:
 *
 *     await using market = await startTestDex(connect);
 *
 * @throws NodeError, GenesisError, ScenarioError.
 */
export const startTestDex = async <Dex extends { close(): Promise<void> }>(
  connect: Connect<Dex>,
  options: TestOptions = {},
): Promise<TestDex<Dex>> => {
  const clock = new VirtualClock(options.from);
  const node = await startNode({ traders: false, ...options, from: clock.now(), port: 0, clock, time: 'stepped' });
  const dex = connect({ ws: node.ws, rest: node.rest }, { clock });
  /** What either end has written, the other has read: what is written in one round is there to be read in the next. */
  const exchanged = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) await settled();
  };
  const close = async (): Promise<void> => {
    await dex.close();
    await node.close();
  };
  return {
    node,
    dex,
    clock,
    advance: async (blocks = 1) => {
      await exchanged();
      for (let block = 0; block < blocks; block += 1) {
        const before = node.control.now();
        await node.advance();
        clock.advance(node.control.now() - before);
        await exchanged();
      }
    },
    at: async (time) => {
      await exchanged();
      await node.at(time);
      await exchanged();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
