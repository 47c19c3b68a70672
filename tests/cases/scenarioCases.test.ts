import assert from 'node:assert/strict';
import { test } from 'vitest';
import type { Case } from './case.ts';
import { runCase } from './kinds.ts';

type Step = Readonly<Record<string, unknown>>;

const FEES = { feeRate: 1000, feeRateNative: 500, cancelFee: '12', cancelFeeNative: '6' };
const PAIRS = ['XYZ-000', 'ZCB-000'].map((base) => ({ base, quote: 'BNB', listPrice: '102000', lotSize: '100000000' }));
const ACCOUNT = { free: { BNB: '100000000000', 'XYZ-000': '100000000000' } };

const scenario = (steps: readonly Step[]): string[] => {
  const one: Case = {
    id: 'a',
    kind: 'scenario',
    engine: 'new',
    setup: { pairs: PAIRS, fees: FEES, accounts: { B: ACCOUNT, S: ACCOUNT } },
    steps,
  };
  return runCase(one);
};

const order = (acc: string, id: string, base: string, side: string, qty = '100000000'): Step => ({
  op: 'order',
  acc,
  id,
  pair: `${base}_BNB`,
  side,
  price: '102000',
  qty,
  ok: true,
});

/** A trade of B with S, of which something of S stays open; B also cancels an order. */
const TRADED: readonly Step[] = [
  { op: 'block', height: 41 },
  order('S', 'S-1', 'XYZ-000', 'sell', '300000000'),
  order('B', 'B-1', 'ZCB-000', 'buy'),
  { op: 'endBlock' },
  { op: 'block', height: 42 },
  order('B', 'B-2', 'XYZ-000', 'buy'),
  { op: 'cancel', acc: 'B', pair: 'ZCB-000_BNB', id: 'B-1', ok: true },
];

const afterTrade = (...steps: readonly Step[]): string[] => scenario([...TRADED, { op: 'endBlock' }, ...steps]);

test('published trades are told by place or as a list, with the fees of the whole block and of the trade', () => {
  const trade = { sfee: 'BNB:51', bfee: 'BNB:57;#Cxl:1', ssinglefee: 'BNB:51', bsinglefee: 'BNB:51' };
  for (const trades of [[trade], { 0: trade }, { count: 1, items: { 0: trade } }, [{ buyerFee: 'BNB:57' }]])
    assert.deepEqual(afterTrade({ op: 'expect', published: { trades, blockFee: 'BNB:108' } }), []);
});

test('published trades that are not there, or other ones, are found', () => {
  const wrong = [[], [{}, {}], { 1: {} }, { count: 2 }, [{ bfee: 'BNB:57;#Cxl:2' }], [{ qty: '1' }], [{ other: '' }]];
  for (const trades of wrong) {
    assert.notDeepEqual(afterTrade({ op: 'expect', published: { trades } }), [], JSON.stringify(trades));
  }
});

test('fees so far are those since the block before ended', () => {
  assert.deepEqual(scenario([...TRADED, { op: 'expect', fee: 'BNB:6', accountFees: { B: 'BNB:6', S: '' } }]), []);
  const charged = { fee: 'BNB:108', accountFees: { B: 'BNB:57;#Cxl:1', S: 'BNB:51' } };
  assert.deepEqual(afterTrade({ op: 'expect', ...charged }), []);
  const next = { op: 'block', height: 43 };
  assert.deepEqual(afterTrade(next, { op: 'expect', fee: '', accountFees: { B: '' } }), []);
  assert.notDeepEqual(afterTrade(next, { op: 'expect', ...charged }), []);
});

test('what happened to orders so far goes on from block to block', () => {
  const steps = [
    { op: 'markBreathe', day: 100, height: 43 },
    { op: 'expireOrders', day: 103, expect: { count: 0 } },
    { op: 'markBreathe', day: 73, height: 43 },
    { op: 'expireOrders', day: 103, expect: { count: 1 } },
  ];
  const changes = [
    { order: 'S-1', status: 'Ack' },
    { order: 'B-1', status: 'Ack' },
    { order: 'B-2', status: 'Ack' },
    { order: 'B-1', status: 'Canceled' },
    { order: 'S-1', status: 'Expired' },
  ];
  const [ack, ...rest] = changes;
  const removedEvents = ['partiallyExpire'];
  assert.deepEqual(afterTrade(...steps, { op: 'expect', orderChanges: changes, removedEvents }), []);
  assert.deepEqual(afterTrade(...steps, { op: 'expect', orderChanges: rest.slice(1) }), []);
  assert.notDeepEqual(afterTrade(...steps, { op: 'expect', orderChanges: [ack] }), []);
});

test('members that nobody knows do not pass for promises that were kept', () => {
  const unknown: readonly Step[] = [
    { op: 'endBlock', breath: true },
    { op: 'endBlock', derived: { tades: {} } },
    { op: 'expect', freed: {} },
    { op: 'expect', published: { book: [] } },
    { op: 'expect', trades: { 'XYZ-000_BNB': { items_: {} } } },
    { op: 'expireOrders', expect: { counts: 1 } },
    { op: 'delist', pair: 'ZCB-000_BNB', derived: { matched: [] } },
    { op: 'wait' },
  ];
  for (const step of unknown) assert.notDeepEqual(afterTrade(step), [], JSON.stringify(step));
  const bare = { id: 'a', kind: 'scenario', engine: 'new', steps: [] } as const;
  assert.notDeepEqual(runCase({ ...bare, setup: { pairs: [], accounts: {}, tokens: [] } }), []);
  assert.notDeepEqual(runCase({ ...bare, setup: { pairs: [], accounts: {} }, features: { other: true } }), []);
  assert.deepEqual(runCase({ ...bare, setup: { pairs: [], accounts: {} } }), []);
});

test('fee parameters that a step leaves out stay as they were', () => {
  const steps = [{ op: 'setFees', fees: { feeRate: 1 } }, ...TRADED];
  assert.deepEqual(scenario([...steps, { op: 'expect', fee: 'BNB:6' }]), []);
});

test('checks of orders may not expect nothing, and know their sender by a name', () => {
  const one = {
    id: 'a',
    kind: 'rules.validateOrder',
    engine: 'both',
    input: {
      pairs: PAIRS,
      accountSequence: 4,
      order: { id: '<ADDR>-3', symbol: 'XYZ-000_BNB', price: '1', qty: '100000000' },
    },
  } as const;
  const error = 'the order ID(<ADDR>-3) given did not match the expected one: `<ADDR>-4`';
  assert.deepEqual(runCase({ ...one, expect: { ok: false, error } }), []);
  assert.notDeepEqual(runCase({ ...one, expect: {} }), []);
  assert.notDeepEqual(runCase({ ...one, expect: { ok: false, text: error } }), []);
});
