import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { Recent, Ring } from './recent.ts';

test('a ring gives back its latest items, newest first, whatever was added', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer()), (limit, items) => {
      const ring = new Ring<number>(limit);
      for (const item of items) ring.add(item);
      assert.deepEqual([...ring], items.slice(-limit).reverse());
    }),
  );
});

test('of each subject the latest items are kept, newest first, and in all no more than the bound', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 2, max: 20 }),
      fc.array(fc.constantFrom('a', 'b', 'c', 'd')),
      (perSubject, inAll, subjects) => {
        const recent = new Recent<number>({ perSubject, inAll });
        for (const [item, subject] of subjects.entries()) {
          recent.add(subject, item);
          const kept = ['a', 'b', 'c', 'd'].map((each) => [...recent.of(each)]);
          assert.ok(kept.flat().length <= inAll + 1);
          for (const items of kept) {
            assert.ok(items.length <= 2 * perSubject);
            assert.deepEqual(
              items,
              [...items].sort((a, b) => b - a),
            );
          }
        }
        for (const each of ['a', 'b', 'c', 'd']) {
          const all = subjects.flatMap((subject, item) => (subject === each ? item : [])).reverse();
          const kept = [...recent.of(each)];
          assert.deepEqual(kept, all.slice(0, kept.length), 'nothing is left out between what is kept');
          assert.equal(recent.has(each), kept.length > 0);
        }
      },
    ),
  );
});

test('a busy subject pushes out only its own items', () => {
  const recent = new Recent<number>({ perSubject: 10, inAll: 100 });
  recent.add('quiet', -1);
  for (let item = 0; item < 10_000; item += 1) recent.add('busy', item);
  assert.deepEqual([...recent.of('quiet')], [-1]);
  assert.deepEqual([...recent.of('busy')].slice(0, 2), [9_999, 9_998]);
});

test('when very many subjects come, the oldest of them go', () => {
  const recent = new Recent<number>({ perSubject: 10, inAll: 100 });
  for (let item = 0; item < 1_000; item += 1) recent.add(`subject ${item}`, item);
  assert.equal(recent.has('subject 0'), false);
  assert.deepEqual([...recent.of('subject 960')], [960]);
});
