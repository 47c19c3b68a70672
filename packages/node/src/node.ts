/**
 * The wiring of the node: from a source's turns to the sockets of whoever wants them.
 * In: options. Out: a running node, and the one way to end it.
 */
import { type Clock, systemClock } from './clock.ts';
import { FanOut } from './gateway/fanOut.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './gateway/limits.ts';
import { openGateway } from './gateway/server.ts';
import type { Account, Place, Source } from './gateway/source.ts';
import { RecordingsPlayer } from './playback/player.ts';
import { readRecordings } from './playback/recordings.ts';
import { VerbatimPlayer } from './playback/verbatim.ts';

export interface NodeOptions {
  /** 27100 unless given; 0: any free one. */
  readonly port?: number;
  /** 127.0.0.1 unless given, so that only this machine gets in. */
  readonly host?: string;
  readonly limits?: Partial<GatewayLimits>;
  readonly clock?: Clock;
  /** 0 to 1, exclusive. Decides when in its window a session expires, nothing else. */
  readonly random?: () => number;
  /** Where the frames come from: the recordings unless given. */
  readonly source?: Source;
  /** The recordings: what is derived follows from it and the clock. A whole number, 1 unless given. */
  readonly seed?: number;
  /** The recordings: each line as it was recorded, once. */
  readonly verbatim?: boolean;
  /** Where the source begins: where the clock is, unless given. */
  readonly from?: Place;
}

export interface Node {
  /** Base of the WebSocket URLs: `ws://127.0.0.1:27100/api/ws`. */
  readonly ws: string;
  /** Base of the URLs with several stream names. */
  readonly stream: string;
  readonly rest: string;
  readonly port: number;
  readonly symbols: readonly string[];
  readonly accounts: readonly Account[];
  /** Closes all sessions with 1001, in bounded time, and frees the port. Final; a second call waits for the first. */
  close(): Promise<void>;
}

export const DEFAULT_PORT = 27_100;

/**
 * Starts a node in this process.
 *
 * @throws NodeError `LISTEN_FAILED` if the port is taken, `RECORDINGS_INVALID`.
 */
export const startNode = async (options: NodeOptions = {}): Promise<Node> => {
  const { port = DEFAULT_PORT, host = '127.0.0.1', clock = systemClock, random = Math.random } = options;
  const source = options.source ?? recordings(options);
  if (options.from) source.seek(options.from);
  const fanOut = new FanOut();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const gateway = await openGateway({ host, port, limits, clock, random, source, fanOut });
  source.start(fanOut, clock);

  const base = `${host.includes(':') ? `[${host}]` : host}:${gateway.port}/api`;
  return {
    ws: `ws://${base}/ws`,
    stream: `ws://${base}/stream`,
    rest: `http://${base}/v1`,
    port: gateway.port,
    symbols: source.symbols,
    accounts: source.accounts,
    close: () => {
      source.stop();
      return gateway.close();
    },
  };
};

const recordings = ({ verbatim = false, seed = 1 }: NodeOptions): Source =>
  verbatim ? new VerbatimPlayer(readRecordings()) : new RecordingsPlayer(readRecordings(), seed);
