/**
 * A process with one client in it, the contender of a socket bench: from its socket to a callback or a loop.
 * In: the contender's name; then a mix, and how many frames will come. Out: what of the processor they cost.
 */
import { createRequire } from 'node:module';
import { inspect, isDeepStrictEqual } from 'node:util';
import { decodeTolerant, encode, peekTopic, streamForTopic } from '@dexwire/protocol';
import { connect, type Item } from 'dexwire';
import { WebSocket } from 'ws';
import { answer } from './child.ts';
import { sink } from './measure.ts';
import { ADDRESS, MIXES, type MixName } from './mixes.ts';

export interface SocketQuestion {
  /** `check`: each message is looked at, which is not to be timed. */
  readonly kind: 'run' | 'check';
  readonly url: string;
  readonly mix: MixName;
  readonly count: number;
}

/** What the frames of one run cost, from the first to the last. */
export interface SocketSample {
  /** Microseconds of the processor, all threads, user and system, for each frame. */
  readonly cpu: number;
  readonly perSecond: number;
}

/** Connects, hands over each message; ends what it began once it is told, in either way, that the last one came. */
type Contender = (
  url: string,
  mix: MixName,
  onMessage: (message: unknown) => boolean,
  last: Promise<void>,
) => Promise<void>;

const eventsOf = (item: Item<unknown>): unknown => {
  if (item.kind !== 'events') throw new Error(`a ${item.kind} came`);
  return item.events;
};

/** Begins a subscription to all that a mix consists of. */
const wanting = (
  mix: MixName,
  begin: (stream: never, wanted: { symbols: readonly string[]; address: string }) => unknown,
): void => {
  for (const { stream, symbols } of MIXES[mix].wanted) begin(stream as never, { symbols, address: ADDRESS });
};

/** These are programs of their own and loaded only where they run. */
const require = createRequire(import.meta.url);

interface Tardis {
  stream(options: object): AsyncIterable<{ message: unknown }>;
}

interface Binance {
  WebsocketClient: new (
    options: object,
    logger: object,
  ) => {
    on(event: 'message' | 'formattedMessage', listener: (message: unknown) => void): void;
    on(event: 'exception' | 'error', listener: (error: unknown) => void): void;
    subscribe(topics: readonly string[], key: string): Promise<unknown>;
    closeAll(force: boolean): void;
  };
}

const CONTENDERS: Readonly<Record<string, Contender>> = {
  dexwire: async (url, mix, onMessage, last) => {
    const dex = connect(url);
    wanting(mix, (stream, wanted) => dex.subscribe(stream, wanted, (item) => onMessage(eventsOf(item))));
    await last;
    await dex.close();
  },
  'dexwire iterator': async (url, mix, onMessage, last) => {
    const dex = connect(url);
    const loops: Promise<void>[] = [];
    const loop = async (items: AsyncIterable<Item<unknown>>): Promise<void> => {
      for await (const item of items) onMessage(eventsOf(item));
    };
    wanting(mix, (stream, wanted) => loops.push(loop(dex.subscribe(stream, wanted))));
    await last;
    await dex.close();
    await Promise.all(loops);
  },
  'ws + JSON.parse': async (url, _mix, onMessage, last) => {
    const ws = new WebSocket(url);
    ws.on('open', () => ws.send('go'));
    ws.on('message', (data) => onMessage(JSON.parse(data.toString())));
    await last;
    ws.close();
  },
  'tardis-dev': async (url, mix, onMessage) => {
    process.env.WSS_URL_BINANCE_DEX = url;
    const { stream } = require('tardis-dev') as Tardis;
    const filters = MIXES[mix].wanted.map(({ stream: { topic }, symbols }) => ({
      channel: topic,
      symbols: symbols.length > 0 ? symbols : ['$all'],
    }));
    for await (const { message } of stream({ exchange: 'binance-dex', filters })) if (onMessage(message)) break;
  },
  'binance (npm)': async (url, _mix, onMessage, last) => {
    const { WebsocketClient } = require('binance') as Binance;
    const quiet = { trace: () => {}, info: () => {}, error: console.error };
    const client = new WebsocketClient({ wsUrl: url, beautify: false }, quiet);
    client.on('message', onMessage);
    client.on('exception', console.error);
    await client.subscribe(['bnb@trade'], 'main');
    await last;
    client.closeAll(true);
  },
};

/** @param isRight - Looks at a message and its place; what it refuses ends the run. */
const run = async (
  { url, mix, count }: SocketQuestion,
  isRight?: (message: unknown, place: number) => boolean,
): Promise<SocketSample> => {
  const contend = CONTENDERS[process.argv[2] ?? '']!;
  let frames = 0;
  let began = 0;
  let cpuBefore = process.cpuUsage();
  let sample: SocketSample | undefined;
  let fault: string | undefined;
  let end = (): void => {};
  const last = new Promise<void>((resolve) => {
    end = resolve;
  });
  const onMessage = (message: unknown): boolean => {
    sink.value = message;
    frames++;
    if (frames === 1) {
      cpuBefore = process.cpuUsage();
      began = performance.now();
    }
    if (frames === count) {
      const { user, system } = process.cpuUsage(cpuBefore);
      const between = count - 1;
      sample = { cpu: (user + system) / between, perSecond: (between / (performance.now() - began)) * 1000 };
      end();
    }
    if (isRight && !fault && !isRight(message, frames - 1)) {
      fault = `message ${frames} is not what was sent: ${inspect(message)}`;
      end();
    }
    return frames === count;
  };
  await contend(url, mix, onMessage, last);
  if (fault || !sample || frames !== count) throw new Error(fault ?? `${frames} frames came of ${count}`);
  return sample;
};

/** The events of each frame say all that its text says, byte for byte. */
const isExact = (text: string, message: unknown): boolean => {
  const stream = streamForTopic(peekTopic(text)!)!;
  const isList = stream.data.node.kind === 'list';
  const data: unknown = isList || !Array.isArray(message) ? message : message[0];
  return isDeepStrictEqual(data, decodeTolerant(stream, text)) && encode(stream, data) === text;
};

answer((question: SocketQuestion) => {
  const { texts } = MIXES[question.mix];
  return run(
    question,
    question.kind === 'check' ? (message, place) => isExact(texts[place % texts.length]!, message) : undefined,
  );
});
