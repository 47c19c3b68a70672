import { getEventListeners } from 'node:events';
import {
  accounts,
  allMiniTickers,
  allTickers,
  blockheight,
  marketDepth,
  marketDiff,
  miniTicker,
  type Stream,
  ticker,
} from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeRest, json } from '../../../../tests/support/fakeRest.ts';
import { expectNoUnhandledRejection } from '../../../../tests/support/rejections.ts';
import type { Missed } from '../missed.ts';
import { repairOverRest } from './repairOverRest.ts';

let rest: FakeRest;
beforeEach(() => {
  rest = new FakeRest();
  rest.bodies.set('/account/tbnb1me', account());
});
afterEach(() => expect(rest.clock.pending).toBe(0));

const account = (): object => ({
  balances: [{ symbol: 'BNB', free: '1.00000000', frozen: '0.00000000', locked: '0.00000000' }],
});

const missed = (subject = 'tbnb1me', stream: Stream = accounts): Missed => ({
  stream,
  subject,
  from: 90,
  to: 99,
  ago: 4000,
  waited: 0,
});

const OPTIONS = { within: 30_000 };
const repairs = () => repairOverRest({ ...OPTIONS, fetch: rest.fetch });
const START = Date.UTC(2026, 0, 1);

const DONE = { items: [{ events: [{ height: 100 }] }], lost: 'none' };
const NOTHING = { items: [], lost: 'unknown' };

test('streams that bring their present state by themselves are left to them, and raw diffs cannot be had', () => {
  const repair = repairs();
  const left = [
    marketDiff,
    marketDepth(),
    marketDepth(100),
    ticker,
    miniTicker,
    allTickers,
    allMiniTickers,
    blockheight,
    { ...ticker, topic: 'constructor' },
  ];
  for (const stream of left) expect(repair(missed('$all', stream), rest.tools())).toBeUndefined();
});

test('a network that does not say where REST is has it beside its sockets, or none', async () => {
  const fetch = vi.fn(rest.fetch);
  const repair = repairOverRest({ fetch });
  const { clock } = rest;
  const signal = new AbortController().signal;
  const tools = (ws: string) => ({ network: { ws }, ca: undefined, clock, signal });
  expect(repair(missed(), tools('ws://rest.test/elsewhere'))).toBeUndefined();
  await rest.after(repair(missed(), tools('ws://rest.test/api/ws'))!);
  expect(fetch.mock.calls[0]![0]).toBe('http://rest.test/api/v1/node-info');
});

test.each([
  ['429', () => json({ code: 429 }, 429)],
  ['408', () => json({ code: 408 }, 408)],
  ['500', () => json({ code: 500 }, 500)],
  ['503 with a page', () => new Response('<html>', { status: 503 })],
  ['200 that is no JSON', () => new Response('<html>')],
  ['200 of another shape', () => json([1, 2])],
  ['200 of null', () => json(null)],
  ['204', () => new Response(null, { status: 204 })],
  ['a lost connection', () => Promise.reject(new TypeError('fetch failed'))],
  ['no reply', () => new Promise<Response>(() => {})],
])('%s is asked again, at a growing pace', async (_, reply) => {
  rest.script.push(reply, reply, reply);
  expect(await rest.run(repairs(), missed())).toMatchObject(DONE);
  const times = rest.asked.slice(0, 4).map(({ at }) => at);
  const pauses = times.slice(1).map((at, place) => at - times[place]!);
  expect(pauses[0]! < pauses[1]! || pauses[1]! < pauses[2]!).toBe(true);
});

test.each([
  ['429', () => json({ code: 429 }, 429)],
  ['a lost connection', () => Promise.reject(new TypeError('fetch failed'))],
  ['no reply', () => new Promise<Response>(() => {})],
  ['garbage', () => new Response('{"sync_info":')],
])('for ever %s ends when time is up, and nothing is known', async (_, reply) => {
  rest.script.push(...Array(100).fill(reply));
  expect(await rest.run(repairs(), missed())).toEqual(NOTHING);
  expect(rest.clock.now() - START).toBeLessThanOrEqual(OPTIONS.within + 100);
  expect(rest.asked.length).toBeLessThan(15);
});

test('what has no REST is not asked again', async () => {
  rest.script.push(...Array(5).fill(() => json({ code: 404 }, 404)));
  expect(await rest.run(repairs(), missed())).toEqual(NOTHING);
  expect(rest.asked).toHaveLength(1);
});

test('the venue gives up to know the block in question, and time is up', async () => {
  rest.height = 98;
  expect(await rest.run(repairs(), missed())).toEqual(NOTHING);
  expect(rest.asked.length).toBeLessThanOrEqual(31);
});

test('all repairs of one keep the pace together, and ask once for what they all need', async () => {
  const repair = repairs();
  const subjects = Array.from({ length: 40 }, (_, place) => `tbnb1x${place}`);
  for (const subject of subjects) rest.bodies.set(`/account/${subject}`, account());
  const all = Promise.all(subjects.map((subject) => repair(missed(subject), rest.tools())!));
  for (const found of await rest.after(all)) expect(found).toMatchObject(DONE);
  expect(rest.paths.filter((path) => path === '/node-info')).toHaveLength(1);
  const times = rest.asked.filter(({ path }) => path.startsWith('/account')).map(({ at }) => at);
  expect(times).toHaveLength(40);
  for (const [place, at] of times.entries())
    if (place >= 5) expect(at - times[place - 5]!).toBeGreaterThanOrEqual(1000);
  expect(rest.clock.now() - START).toBeLessThan(9000);
});

test('who is too late in the queue says so in time', async () => {
  const repair = repairOverRest({ fetch: rest.fetch, within: 2000 });
  const all = Promise.all(Array.from({ length: 40 }, () => repair(missed(), rest.tools())!));
  const found = await rest.after(all);
  expect(found.filter(({ lost }) => lost === 'unknown')).toHaveLength(30);
});

test('an abort ends it at once, with its reason, whatever it waits for, and leaves nothing behind', async () => {
  const waits = [
    () => new Promise<Response>(() => {}), // a reply
    () => json({}, 503), // to ask again
    undefined, // a block
  ];
  rest.height = 98;
  for (const reply of waits) {
    rest.script.splice(0, 5, ...(reply ? [reply] : []));
    const ending = new AbortController();
    const reason = new Error('nobody wants it');
    const mended = repairs()(missed(), rest.tools(ending.signal))!;
    await rest.clock.pass(200);
    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(1);
    ending.abort(reason);
    await expect(mended).rejects.toBe(reason);
    await expectNoUnhandledRejection();
    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(0);
    expect(rest.clock.pending).toBe(0);
  }
  const asked = rest.asked.length;
  await expect(repairs()(missed(), rest.tools(AbortSignal.abort('over')))).rejects.toBe('over');
  expect(rest.asked).toHaveLength(asked);
});

test('hundreds that are aborted together leave the pace to those who come after', async () => {
  const repair = repairs();
  const ending = new AbortController();
  const ended = Array.from({ length: 300 }, () => repair(missed(), rest.tools(ending.signal))!);
  await rest.clock.pass(100);
  expect(getEventListeners(ending.signal, 'abort')).toHaveLength(1);
  ending.abort(new Error('over'));
  expect((await Promise.allSettled(ended)).filter(({ status }) => status === 'rejected').length).toBeGreaterThan(290);
  const began = rest.clock.now();
  expect(await rest.run(repair, missed())).toMatchObject(DONE);
  expect(rest.clock.now() - began).toBeLessThanOrEqual(1100);
});

test('one that is given up does not take along those who waited for its answer', async () => {
  rest.script.push(() => new Promise<Response>(() => {}));
  const repair = repairs();
  const ending = new AbortController();
  const first = repair(missed(), rest.tools(ending.signal))!;
  const second = repair(missed(), rest.tools())!;
  await rest.clock.pass(100);
  ending.abort(new Error('over'));
  await expect(first).rejects.toThrow('over');
  expect(await rest.after(second)).toMatchObject(DONE);
});
