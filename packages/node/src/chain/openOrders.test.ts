import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { ALICE, ALICE_HEX } from '../../../../tests/support/sampleBlocks.ts';
import { NONE, type Order } from '../matching/orderColumns.ts';
import { OpenOrders, orderNumber } from './openOrders.ts';

const BOB = 'tbnb1fn9z9vn4f44ekz0a3pf80dcy2wh4d5988phjds';

const state = stateOf();
openPair(state, { base: 'AAA-000', quote: 'BNB', listPrice: '100000000' });
const pair = state.pairs.get('AAA-000_BNB')!;
const alice = state.accounts.open(ALICE);
const bob = state.accounts.open(BOB);

const draft = (orders: OpenOrders, id: string, owner = alice): Order =>
  orders.draft(id, 'buy', 1n, 1n, 1, pair, owner, 'GTE', 0, '');

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
    draft(orders, `${alice.hex}-7`),
    draft(orders, 'label'),
    draft(orders, `${bob.hex}-7`, bob),
    // Of the chain's form, and another one's: nobody's number.
    draft(orders, `${bob.hex}-8`),
  ];
  const ids = all.map((order) => orders.idOf(order));
  assert.deepEqual(ids, [`${alice.hex}-7`, 'label', `${bob.hex}-7`, `${bob.hex}-8`]);
  for (const order of all) orders.add(order);
  assert.equal(orders.size, 4);
  for (const order of all) {
    const id = orders.idOf(order);
    assert.equal(orders.find(id), order);
    assert.equal(orders.findOwn(alice, id), order);
    assert.equal(orders.findOwn(bob, id), order);
    assert.deepEqual(orders.get(id), orders.read(order));
  }
  assert.deepEqual(
    Array.from(orders.of(alice), ({ id }) => id),
    [ids[0], ids[1], ids[3]],
  );
  for (const order of all) orders.remove(order);
  assert.equal(orders.size, 0);
  for (const id of ids) assert.deepEqual([orders.has(id), orders.find(id)], [false, NONE]);
  orders.remove(all[0]!);
  assert.equal(orders.size, 0);
});

test('whatever comes and goes, it is what a plain table would be', () => {
  const key = fc.record({ owner: fc.constantFrom(alice, bob), number: fc.nat(40), isLabel: fc.boolean() });
  fc.assert(
    fc.property(fc.array(fc.record({ key, isAdded: fc.boolean() }), { maxLength: 200, size: 'max' }), (steps) => {
      const orders = new OpenOrders();
      const table = new Map<string, Order>();
      for (const { key, isAdded } of steps) {
        const id = key.isLabel ? `${key.owner.number}-${key.number}` : `${key.owner.hex}-${key.number}`;
        const known = table.get(id);
        if (isAdded && known === undefined) {
          const order = draft(orders, id, key.owner);
          orders.add(order);
          table.set(id, order);
        } else if (!isAdded && known !== undefined) {
          orders.remove(known);
          orders.release(known);
          table.delete(id);
        }
        assert.equal(orders.find(id), table.get(id) ?? NONE);
      }
      assert.equal(orders.size, table.size);
      assert.deepEqual(new Set(Array.from(orders.values(), ({ id }) => id)), new Set(table.keys()));
      for (const owner of [alice, bob]) {
        const numbers = Array.from(orders.of(owner), ({ id }) => orderNumber(id)).filter((number) => number >= 0);
        assert.deepEqual(
          numbers,
          [...numbers].sort((one, other) => one - other),
        );
      }
      for (const order of table.values()) orders.remove(order);
    }),
  );
});

test('the place of an order that left is given again, but not while a round counts the order', () => {
  const orders = new OpenOrders();
  const [gone, held] = [draft(orders, `${alice.hex}-1`), draft(orders, `${alice.hex}-2`)];
  orders.joinRound(held);
  orders.releaseAll([gone, held]);
  assert.equal(draft(orders, `${alice.hex}-3`), gone);
  const left: Order[] = [];
  assert.deepEqual([orders.takeRound(pair, left), left, pair.round], [[held], [held], []]);
  orders.releaseAll(left);
  assert.equal(draft(orders, `${alice.hex}-4`), held);
});
