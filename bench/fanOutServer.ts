/**
 * A process with one server in it, the contender of the fan-out bench: the gateway, or `ws` as it is commonly used.
 * In: the contender's name; then turns of ready texts to send. Out: what of the processor they cost, and memory.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Sink, type Source, serveSource, type Turn } from '@dexwire/node';
import { streamForTopic } from '@dexwire/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { answer } from './child.ts';
import { nameOf, TOPIC, textOf } from './texts.ts';

export type ServerQuestion =
  | { readonly kind: 'listen'; readonly symbols: readonly string[] }
  /** Sends each symbol's text once a turn, to all who want the symbol. */
  | { readonly kind: 'send'; readonly symbols: readonly string[]; readonly turns: number }
  /** Everything sent has arrived. Answers the microseconds of the processor since `send`. */
  | { readonly kind: 'end' }
  | { readonly kind: 'memory' };

export interface MemorySample {
  readonly rss: number;
  readonly heap: number;
}

/** What handshakes leave behind, such as timers, is gone after that. */
const SETTLE_MS = 200;

/** What a contender does: each of the texts to all who want its symbol. */
type Send = (symbols: readonly string[]) => void;

/** The gateway as it is, with a source that the bench holds. Its readers answer no pings, so it sends none. */
const openDexwire = async (symbols: readonly string[]): Promise<{ port: number; send: Send }> => {
  const stream = streamForTopic(TOPIC)!;
  let sink: Sink | undefined;
  const source: Source = {
    symbols,
    accounts: [],
    seek: () => {},
    start: (to) => {
      sink = to;
    },
    stop: () => {},
    snapshot: () => undefined,
  };
  const node = await serveSource(source, { port: 0, limits: { pingEvery: 3_600_000 } });
  const texts = new Map(symbols.map((symbol) => [symbol, textOf(symbol)]));
  let height = 0;
  const send: Send = (wanted) => {
    const frames = wanted.map((subject) => ({ stream, subject, text: texts.get(subject)! }));
    const turn: Turn = { height: ++height, time: 0, frames };
    sink?.send(turn);
  };
  return { port: node.port, send };
};

/** `ws.send` of a ready string for each text and socket. */
const openWs = async (symbols: readonly string[]): Promise<{ port: number; send: Send }> => {
  const subscribers = new Map<string, Set<WebSocket>>(symbols.map((symbol) => [nameOf(symbol), new Set()]));
  const texts = new Map(symbols.map((symbol) => [symbol, textOf(symbol)]));
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (ws, request) => {
    const names = (request.url ?? '').split('streams=')[1]?.split('/') ?? [];
    const sets = names.flatMap((name) => subscribers.get(decodeURIComponent(name)) ?? []);
    for (const set of sets) set.add(ws);
    ws.on('message', () => {});
    ws.on('close', () => {
      for (const set of sets) set.delete(ws);
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const send: Send = (wanted) => {
    for (const symbol of wanted) {
      const text = texts.get(symbol)!;
      for (const ws of subscribers.get(nameOf(symbol))!) ws.send(text);
    }
  };
  return { port: typeof address === 'object' && address ? address.port : 0, send };
};

let send: Send = () => {};
let cpuBefore = process.cpuUsage();

const serve = async (question: ServerQuestion): Promise<unknown> => {
  switch (question.kind) {
    case 'listen': {
      const server = await (process.argv[2] === 'dexwire' ? openDexwire : openWs)(question.symbols);
      send = server.send;
      return server.port;
    }
    case 'send': {
      cpuBefore = process.cpuUsage();
      for (let turn = 0; turn < question.turns; turn++) {
        send(question.symbols);
        await nextTurn();
      }
      return undefined;
    }
    case 'end': {
      const { user, system } = process.cpuUsage(cpuBefore);
      return user + system;
    }
    case 'memory': {
      await sleep(SETTLE_MS);
      // The thorough kind also gives back what room the engine had taken for young objects while sockets were opened.
      for (let time = 0; time < 2; time++) globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, heap: heapUsed + external } satisfies MemorySample;
    }
  }
};

answer(serve);
