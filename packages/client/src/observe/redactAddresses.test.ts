import assert from 'node:assert/strict';
import { decodeAddress, encodeAddress, FrameError, formatOrderId } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import type { LogLine } from '../metrics.ts';
import { redactAddresses } from './redactAddresses.ts';

const ADDRESS = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
const OTHER = 'tbnb1agdww9jsr5wmpw0jjk3s3yweu43g9pnc4p5kg7';

/** What a log gets of some data. */
const redacted = (...all: readonly Record<string, unknown>[]): Readonly<Record<string, unknown>>[] => {
  const lines: LogLine[] = [];
  const log = redactAddresses((line) => lines.push(line));
  for (const data of all) log({ level: 'info', event: 'command', data });
  return lines.map(({ data }) => data);
};

test('an address is replaced wherever it stands, by the same number each time', () => {
  const [data] = redacted({
    address: ADDRESS,
    url: `ws://127.0.0.1/api/ws/${ADDRESS}?x=1`,
    names: [`${OTHER}@orders`, `${ADDRESS}@accounts`],
    command: `{"method":"subscribe","topic":"orders","address":"${ADDRESS}"}`,
    deep: { er: [{ [OTHER]: { capitals: ADDRESS.toUpperCase() } }] },
    count: 3,
    time: 1573417196130225520n,
    none: null,
  });
  assert.deepEqual(data, {
    address: 'tbnb1#1',
    url: 'ws://127.0.0.1/api/ws/tbnb1#1?x=1',
    names: ['tbnb1#2@orders', 'tbnb1#1@accounts'],
    command: '{"method":"subscribe","topic":"orders","address":"tbnb1#1"}',
    deep: { er: [{ 'tbnb1#2': { capitals: 'tbnb1#1' } }] },
    count: 3,
    time: 1573417196130225520n,
    none: null,
  });
});

test('an order id has the number of its owner, on both networks', () => {
  const [data] = redacted({
    orderId: formatOrderId(ADDRESS, 42),
    owner: ADDRESS,
    mainnet: encodeAddress('bnb', decodeAddress(ADDRESS).bytes),
  });
  assert.deepEqual(data, { orderId: '#1-42', owner: 'tbnb1#1', mainnet: 'bnb1#1' });
});

test('hashes, times, symbols and decimals stay', () => {
  const data = {
    hash: 'A1B2C3D4E5F6071829304152637485960718293041526374859607182930A1B2',
    text: 'block 74383215 at 1573417196130225520',
    symbol: 'BNB_BTCB-1DE',
    price: '0.00000722',
  };
  assert.deepEqual(redacted(data), [data]);
});

test('what is left of an address or an order id in a text that was cut is replaced as well', () => {
  const { message } = new FrameError('FRAME_BAD_FIELD', 'data', `${'x'.repeat(50)}${ADDRESS}`);
  const order = new FrameError('FRAME_BAD_FIELD', 'data', `${'x'.repeat(49)} ${formatOrderId(ADDRESS, 1)}`).message;
  assert.match(message, /tbnb1r4gc/);
  const [data] = redacted({ message, order });
  assert.doesNotMatch(String(data!.message), /r4gc/);
  assert.match(String(data!.order), /x #\d\.\.\.$/);
});

test('errors, maps, sets and URLs are searched, and cycles come to an end', () => {
  const cause = new Error(`no ${ADDRESS}`);
  const error = new FrameError('FRAME_BAD_FIELD', ADDRESS, ADDRESS, 'text', { cause });
  const cycle: Record<string, unknown> = { at: ADDRESS };
  cycle.self = cycle;
  const [data] = redacted({
    error,
    map: new Map([[ADDRESS, [ADDRESS]]]),
    set: new Set([ADDRESS]),
    url: new URL(`ws://127.0.0.1/${ADDRESS}`),
    cycle,
  });
  const { stack: _, cause: inner, ...told } = data!.error as Record<string, unknown>;
  assert.deepEqual(told, {
    name: 'FrameError',
    message: 'FRAME_BAD_FIELD at tbnb1#1: found "tbnb1#1", expected text',
    code: 'FRAME_BAD_FIELD',
    path: 'tbnb1#1',
  });
  assert.equal((inner as Error).message, 'no tbnb1#1');
  assert.deepEqual(data!.map, new Map([['tbnb1#1', ['tbnb1#1']]]));
  assert.deepEqual(data!.set, new Set(['tbnb1#1']));
  assert.equal(data!.url, 'ws://127.0.0.1/tbnb1#1');
  assert.deepEqual(data!.cycle, { at: 'tbnb1#1', self: '...' });
});

test('data of any depth is cut, not followed', () => {
  let deep: unknown = ADDRESS;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  assert.match(JSON.stringify(redacted({ deep })), /"\.\.\."/);
});

test('a pseudonym of the program is given the bytes of the account, and is not looked at again', () => {
  const accounts: string[] = [];
  const lines: LogLine[] = [];
  const log = redactAddresses(
    (line) => lines.push(line),
    (account) => {
      accounts.push(account);
      return 'ABCDEF01';
    },
  );
  log({
    level: 'info',
    event: 'dial',
    data: { address: ADDRESS, cut: 'bnb1typed', orderId: formatOrderId(ADDRESS, 7) },
  });
  assert.deepEqual(lines[0]!.data, { address: 'tbnb1#ABCDEF01', cut: 'bnb1typed', orderId: '#ABCDEF01-7' });
  const [owner] = formatOrderId(ADDRESS, 7).split('-');
  assert.deepEqual(accounts, [owner, owner]);
});

test('past ten thousand accounts no more are remembered', () => {
  const many = Array.from({ length: 10_001 }, (_, place) =>
    encodeAddress(
      'bnb',
      Uint8Array.from({ length: 20 }, (_, index) => (index < 2 ? place >> (8 * index) : 1)),
    ),
  );
  const [data] = redacted({ many });
  assert.deepEqual((data!.many as string[]).slice(-2), ['bnb1#10000', 'bnb1#more']);
});

test('no address and no owner is left of any line, and the line that was given is as it was', () => {
  const address = fc
    .tuple(fc.constantFrom('bnb', 'tbnb'), fc.uint8Array({ minLength: 20, maxLength: 20 }))
    .map(([prefix, bytes]) => encodeAddress(prefix, bytes));
  const around = fc.string({ unit: fc.constantFrom('"', ' ', '/', '@', '{', '=', 'é') });
  const texts = fc.oneof(
    address,
    address.map((one) => formatOrderId(one, 5)),
    fc.tuple(around, address, around).map((parts) => parts.join('')),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.integer(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(texts, value), (data) => {
      const before = JSON.stringify(data);
      const [line] = redacted(data);
      assert.doesNotMatch(JSON.stringify(line), /bnb1[a-z\d]{6}|[\dA-F]{40}/i);
      assert.equal(JSON.stringify(data), before);
    }),
  );
});
