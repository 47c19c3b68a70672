import { type Transfer, transfers } from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeRest } from '../../../../tests/support/fakeRest.ts';
import type { Mended } from '../missed.ts';
import { type RepairOptions, repairOverRest } from './repairOverRest.ts';

let rest: FakeRest;
beforeEach(() => {
  rest = new FakeRest();
});
afterEach(() => expect(rest.clock.pending).toBe(0));

const hashOf = (place: number): string => String(place).padStart(64, 'A');

const row = (place: number, height: number, more: object = {}): object => ({
  txHash: hashOf(place),
  blockHeight: height,
  txType: 'TRANSFER',
  fromAddr: 'tbnb1me',
  toAddr: 'tbnb1you',
  value: '1.00000000',
  txAsset: 'BNB',
  code: 0,
  memo: 'hi',
  ...more,
});

const coin = (denom: string, amount: unknown) => ({ denom, amount });

const whole = (place: number, height: number, amount: unknown = '900719925474099301'): void => {
  rest.bodies.set(`/tx/${hashOf(place)}`, {
    hash: hashOf(place),
    code: 0,
    height: String(height),
    ok: true,
    tx: {
      type: 'auth/StdTx',
      value: {
        memo: `memo ${place}`,
        msg: [
          {
            type: 'cosmos-sdk/Send',
            value: {
              inputs: [{ address: 'tbnb1me', coins: [coin('BNB', amount)] }],
              outputs: [
                { address: 'tbnb1you', coins: [coin('BNB', amount), coin('TOK-1AB', '1')] },
                { address: 'tbnb1him', coins: [coin('BNB', '100000000')] },
              ],
            },
          },
        ],
      },
    },
  });
};

const event = (place: number, height: number) => ({
  eventType: 'outboundTransferInfo',
  height,
  txHash: hashOf(place),
  memo: `memo ${place}`,
  from: 'tbnb1me',
  to: [
    {
      address: 'tbnb1you',
      coins: [
        { asset: 'BNB', amount: '9007199254.74099301' },
        { asset: 'TOK-1AB', amount: '0.00000001' },
      ],
    },
    { address: 'tbnb1him', coins: [{ asset: 'BNB', amount: '1.00000000' }] },
  ],
});

const mend = (from: number | undefined, to: number | undefined, options: RepairOptions = {}): Promise<Mended> =>
  rest.run(repairOverRest({ fetch: rest.fetch, ...options }), {
    stream: transfers,
    subject: 'tbnb1you',
    from,
    to,
    ago: from && 1000,
    waited: 0,
  });

const hashes = ({ items }: Mended): string[] =>
  items.flatMap(({ events }) => (events as Transfer[]).map(({ txHash }) => txHash.replace(/^A+/, '')));

test('transfers come back whole: every receiver and coin, though the list of a receiver has his own only', async () => {
  rest.list('/transactions', 'tx', () => [
    row(5, 99),
    row(4, 97, { code: 65546 }),
    row(3, 96),
    row(3, 96, { txAsset: 'TOK-1AB' }),
    row(2, 96),
    row(1, 90),
  ]);
  for (const [place, height] of [
    [2, 96],
    [3, 96],
    [5, 99],
  ] as const)
    whole(place, height);
  expect(await mend(90, 98)).toEqual({
    items: [{ kind: 'events', events: [event(2, 96), event(3, 96)], height: 96, repaired: true }],
    lost: 'none',
  });
  expect(rest.paths).toContain('/transactions?address=tbnb1you&txType=TRANSFER&limit=200&offset=0&total=1');
});

test('the last block of a gap is among it, the one that was seen whole is not', async () => {
  rest.list('/transactions', 'tx', () => [row(4, 99), row(3, 98), row(2, 91), row(1, 90)]);
  whole(3, 98);
  whole(2, 91);
  const found = await mend(90, 98);
  expect([hashes(found), found.lost]).toEqual([['2', '3'], 'none']);
});

test('as many as the most are all', async () => {
  rest.list('/transactions', 'tx', () => [row(3, 96), row(2, 95), row(1, 90)]);
  whole(3, 96);
  whole(2, 95);
  const found = await mend(90, 98, { most: 2 });
  expect([hashes(found), found.lost]).toEqual([['2', '3'], 'none']);
});

test('a list that ends before it reaches back is not whole', async () => {
  rest.list('/transactions', 'tx', () => [row(3, 96)]);
  whole(3, 96);
  const found = await mend(90, 98);
  expect([hashes(found), found.lost]).toEqual([['3'], 'unknown']);
});

test('one that is known and cannot be read is lost, and the others are there', async () => {
  rest.list('/transactions', 'tx', () => [row(3, 96), row(2, 95), row(1, 90)]);
  whole(2, 95);
  const found = await mend(90, 98);
  expect([hashes(found), found.lost]).toEqual([['2'], 'some']);
});

test('of more than the most the newest are kept', async () => {
  rest.list('/transactions', 'tx', () => [row(4, 97), row(3, 96), row(2, 95), row(1, 90)]);
  whole(4, 97);
  whole(3, 96);
  const found = await mend(90, undefined, { most: 2 });
  expect([hashes(found), found.lost]).toEqual([['3', '4'], 'some']);
});

test('where no block was ever seen nothing can be said', async () => {
  expect(await mend(undefined, 98)).toEqual({ items: [], lost: 'unknown' });
});

test('what was had before time was up is there', async () => {
  rest.list('/transactions', 'tx', () => [row(3, 96), row(2, 95), row(1, 90)]);
  whole(3, 96);
  rest.bodies.set(`/tx/${hashOf(2)}`, () => new Response('', { status: 503 }));
  const found = await mend(90, 98);
  expect([hashes(found), found.lost]).toEqual([['3'], 'unknown']);
});

test.each([
  ['a number for an amount', () => whole(3, 96, 9_007_199_254)],
  ['an amount that is none', () => whole(3, 96, '-5')],
  ['another height', () => whole(3, 97)],
  ['no transaction', () => rest.bodies.set(`/tx/${hashOf(3)}`, { hash: hashOf(3), height: '96' })],
])('a transfer with %s is not believed', async (_, tell) => {
  rest.list('/transactions', 'tx', () => [row(3, 96), row(1, 90)]);
  tell();
  expect(await mend(90, 98)).toEqual({ items: [], lost: 'unknown' });
});

test('a list whose heights do not fall is not believed', async () => {
  rest.list('/transactions', 'tx', () => [row(1, 80), row(3, 96)]);
  expect(await mend(90, 98)).toEqual({ items: [], lost: 'unknown' });
});
