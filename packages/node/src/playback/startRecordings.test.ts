import { type BookDiff, decode, marketDiff, peekTopic, streamForTopic } from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient } from '../../../../tests/support/rawClient.ts';
import type { Served } from '../serve.ts';
import { VirtualClock } from '../virtualClock.ts';
import { readRecordings } from './recordings.ts';
import { type RecordingsOptions, startRecordings } from './startRecordings.ts';

let clock: VirtualClock;
let node: Served;
let clients: RawClient[];

const start = async (options: RecordingsOptions = {}): Promise<void> => {
  node = await startRecordings({ port: 0, clock, random: () => 0.5, ...options });
};

const open = async (options = {}): Promise<RawClient> => {
  const client = await RawClient.open(node.ws, options);
  clients.push(client);
  return client;
};

beforeEach(() => {
  clock = new VirtualClock();
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await node.close();
  expect(clock.pending).toBe(0);
});

test('all twelve streams reach a client, each frame readable by its stream', async () => {
  await start();
  const client = await open({ perMessageDeflate: true });
  const address = node.accounts[0]!.address;
  for (const topic of ['orders', 'accounts', 'transfers']) client.send({ method: 'subscribe', topic, address });
  const market = ['trades', 'marketDiff', 'kline_1m', 'kline_1M', 'ticker', 'miniTicker'];
  for (const levels of ['', '100', '500', '1000']) market.push(`marketDepth${levels}`);
  for (const topic of market) client.send({ method: 'subscribe', topic, symbols: node.symbols });
  for (const topic of ['allTickers', 'allMiniTickers', 'blockheight'])
    client.send({ method: 'subscribe', topic, symbols: ['$all'] });
  await client.sync();
  for (let second = 0; second < 8; second += 1) {
    clock.advance(1_000);
    await client.sync();
  }
  const topics = new Set(client.texts.map((text) => peekTopic(text)));
  expect(topics).toEqual(
    new Set([...market, 'orders', 'accounts', 'transfers', 'allTickers', 'allMiniTickers', 'blockheight']),
  );
  for (const text of client.texts) decode(streamForTopic(peekTopic(text)!)!, text, (path) => expect.fail(path));
});

test('of marketDiff a client gets one frame for each symbol and second', async () => {
  await start();
  const client = await open();
  client.send({ method: 'subscribe', topic: 'marketDiff', symbols: node.symbols });
  await client.sync();
  const seen = new Set<string>();
  for (let second = 0; second < 30; second += 1) {
    clock.advance(1_000);
    for (const text of await client.take()) {
      const { symbol, eventTime }: BookDiff = decode(marketDiff, text);
      expect(eventTime).toBe(Math.floor(clock.now() / 1_000));
      expect(seen).not.toContain(`${symbol} ${eventTime}`);
      seen.add(`${symbol} ${eventTime}`);
    }
  }
  expect(seen.size).toBeGreaterThan(30);
});

test('verbatim: every recorded line arrives byte for byte, once', async () => {
  await start({ verbatim: true });
  const { lines } = readRecordings();
  const addresses = node.accounts.map(({ address }) => address);
  const market = await open();
  for (const topic of ['trades', 'marketDiff', 'marketDepth', 'ticker', 'miniTicker'])
    market.send({ method: 'subscribe', topic, symbols: node.symbols });
  for (const topic of ['allTickers', 'allMiniTickers', 'blockheight'])
    market.send({ method: 'subscribe', topic, symbols: ['$all'] });
  const personal = await Promise.all(
    addresses.map(async (address) => {
      const client = await open();
      for (const topic of ['orders', 'accounts', 'transfers']) client.send({ method: 'subscribe', topic, address });
      await client.sync();
      return client;
    }),
  );
  await market.sync();
  clock.advance(400);
  const linesFor = (isSubject: (subject: string) => boolean): string[] =>
    lines.filter(({ subject }) => isSubject(subject)).map(({ text }) => text);
  expect((await market.take()).sort()).toEqual(linesFor((subject) => !addresses.includes(subject)).sort());
  for (const [place, client] of personal.entries())
    expect(await client.take()).toEqual(linesFor((subject) => subject === addresses[place]));
  clock.advance(10_000);
  for (const client of [market, ...personal]) expect(await client.take()).toEqual([]);
});

test('recordings tell where they are and whom they know, and begin where they were told to', async () => {
  await start({ from: { height: 1_000_000 } });
  expect(node.ws).toBe(`ws://127.0.0.1:${node.port}/api/ws`);
  expect(node.stream).toBe(`ws://127.0.0.1:${node.port}/api/stream`);
  expect(node.rest).toBe(`http://127.0.0.1:${node.port}/api/v1`);
  expect(node.symbols).toContain('100K-9BC_BNB');
  expect(node.accounts[0]!.address).toBe('tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw');
  const client = await open();
  client.send({ method: 'subscribe', topic: 'blockheight', symbols: ['$all'] });
  await client.sync();
  clock.advance(400);
  expect(await client.take()).toEqual(['{"stream":"blockheight","data":{"h":1000001}}']);
});
