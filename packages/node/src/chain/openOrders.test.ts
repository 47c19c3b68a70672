import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { ALICE, ALICE_HEX } from '../../../../tests/support/sampleBlocks.ts';
import { OpenOrders, orderNumber } from './openOrders.ts';
import { OpenOrder } from './state.ts';

const BOB = 'tbnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d5988phjds';

const state = stateOf();
openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '100000000' });
const pair = state.pairs.get('AAA-000_BNB')!;
const alice = state.accounts.open(ALICE);
const bob = state.accounts.open(BOB);

const orderOf = (id: string, owner = alice): OpenOrder =>
  new OpenOrder(id, 'buy', 1n, 1n, 1, pair, owner, 'GTE', 0, '');

test('the number of an id is read if the id is written as the chain writes it, and in no other way', () => {
  for (const number of [0, 1, 10, 999_999_999_999_999]) assert.equal(orderNumber(`${ALICE_HEX}-${number}`), number);
  for (const tail of ['', '01', '00', '-1', '1 ', '1.0', '1e3', '+1', 'x', '1000000000000000'])
    assert.equal(orderNumber(`${ALICE_HEX}-${tail}`), -1, tail);
  for (const id of ['', '-1', 'A0-1', `${ALICE_HEX}1`, `${ALICE_HEX.slice(1)}-1`])
    assert.equal(orderNumber(id), -1, id);
});

test('an order is found by its id, whatever the form of the id, until it goes', () => {
  const orders = new OpenOrders();
  const all = [
    orderOf(`${alice.hex}-7`),
    orderOf('label'),
    orderOf(`${bob.hex}-7`, bob),
    // Of the chain's form, and another one's: nobody's number.
    orderOf(`${bob.hex}-8`),
  ];
  for (const order of all) orders.add(order);
  assert.equal(orders.size, 4);
  for (const order of all) {
    assert.equal(orders.get(order.id), order);
    assert.equal(orders.getOwn(alice, order.id), order);
    assert.equal(orders.getOwn(bob, order.id), order);
  }
  assert.deepEqual([...orders.of(alice)], [all[0], all[1], all[3]]);
  for (const order of all) orders.remove(order);
  assert.equal(orders.size, 0);
  for (const { id } of all) assert.equal(orders.has(id), false);
  orders.remove(all[0]!);
  assert.equal(orders.size, 0);
});

test('whatever comes and goes, it is what a plain table would be', () => {
  const key = fc.record({ owner: fc.constantFrom(alice, bob), number: fc.nat(5), isLabel: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.record({ key, isAdded: fc.boolean() }), { maxLength: 60 }), (steps) => {
      const orders = new OpenOrders();
      const table = new Map<string, OpenOrder>();
      for (const { key, isAdded } of steps) {
        const id = key.isLabel ? `${key.owner.number}-${key.number}` : `${key.owner.hex}-${key.number}`;
        const known = table.get(id);
        if (isAdded && known === undefined) {
          const order = orderOf(id, key.owner);
          orders.add(order);
          table.set(id, order);
        } else if (!isAdded && known !== undefined) {
          orders.remove(known);
          table.delete(id);
        }
        assert.equal(orders.get(id), table.get(id));
      }
      assert.equal(orders.size, table.size);
      assert.deepEqual(new Set(orders.values()), new Set(table.values()));
      for (const order of table.values()) orders.remove(order);
    }),
  );
});
