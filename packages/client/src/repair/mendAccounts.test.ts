import { accounts } from '@dexwire/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeRest, json } from '../../../../tests/support/fakeRest.ts';
import type { Mended } from '../missed.ts';
import { repairOverRest } from './repairOverRest.ts';

let rest: FakeRest;
beforeEach(() => {
  rest = new FakeRest();
});
afterEach(() => expect(rest.clock.pending).toBe(0));

const mend = (): Promise<Mended> =>
  rest.run(repairOverRest({ fetch: rest.fetch }), {
    stream: accounts,
    subject: 'tbnb1me',
    from: undefined,
    to: undefined,
    ago: undefined,
    waited: 0,
  });

const held = (symbol: string, free: string, frozen: string, locked: string) => ({ symbol, free, frozen, locked });
const ZERO = '0.00000000';

test('the balances stand for each update, digit for digit and in the order of the stream', async () => {
  rest.bodies.set('/account/tbnb1me', {
    account_number: 7,
    balances: [
      held('A-LOC', ZERO, ZERO, '3.00000000'),
      held('B-FRO', ZERO, '2.00000000', '1.00000000'),
      held('C-NIL', ZERO, ZERO, ZERO),
      held('D-TWO', '92233720368.54775807', ZERO, ZERO),
      held('C-ONE', '0.00000001', ZERO, ZERO),
    ],
  });
  const balance = (asset: string, free: string, frozen: string, locked: string) => ({ asset, free, frozen, locked });
  expect(await mend()).toEqual({
    items: [
      {
        kind: 'events',
        height: 100,
        repaired: true,
        current: true,
        events: [
          {
            eventType: 'outboundAccountInfo',
            height: 100,
            balances: [
              balance('C-ONE', '0.00000001', ZERO, ZERO),
              balance('D-TWO', '92233720368.54775807', ZERO, ZERO),
              balance('B-FRO', ZERO, '2.00000000', '1.00000000'),
              balance('A-LOC', ZERO, ZERO, '3.00000000'),
            ],
          },
        ],
      },
    ],
    lost: 'none',
  });
});

test('of an address that never got anything there is nothing to tell', async () => {
  rest.bodies.set('/account/tbnb1me', () => json({ code: 404, message: 'not known' }, 404));
  expect(await mend()).toEqual({ items: [], lost: 'none' });
});

test('any other refusal says nothing of the balances', async () => {
  rest.bodies.set('/account/tbnb1me', () => json({ code: 400, message: 'no address' }, 400));
  expect(await mend()).toEqual({ items: [], lost: 'unknown' });
});

test.each([
  ['a number for an amount', { balances: [{ ...held('BNB', ZERO, ZERO, ZERO), free: 1 }] }],
  ['no asset', { balances: [{ free: ZERO, frozen: ZERO, locked: ZERO }] }],
  ['another object', { code: 0 }],
  ['a word for balances', { balances: 'none' }],
])('%s is not believed', async (_, body) => {
  rest.bodies.set('/account/tbnb1me', body);
  expect(await mend()).toEqual({ items: [], lost: 'unknown' });
});
