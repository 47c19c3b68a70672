import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatOrderId } from '@dexwire/protocol';
import type { Message } from '@dexwire/protocol/transactions';
import fc from 'fast-check';
import { test } from 'vitest';
import { ChainMarket } from '../../../tests/support/chainMarket.ts';
import { defaultGenesis } from './chain/defaultGenesis.ts';
import { devKey } from './chain/devKeys.ts';
import { stateOfGenesis } from './chain/genesis.ts';
import { type Result, refused } from './chain/result.ts';
import { ScenarioError } from './errors.ts';
import { parseScenario, ScenarioRunner } from './scenario.ts';
import type { Extras, TraderMarket } from './traders/trader.ts';

const GENESIS = defaultGenesis();
const ALICE = devKey('alice').address;
const BOB = devKey('bob').address;
const ACCOUNTS = new Map([
  ['alice', ALICE],
  ['bob', BOB],
]);

const ORDER = '"type":"newOrder","sender":"@alice","symbol":"BTCB-1DE_BNB","side":"sell","price":"120","quantity":"2"';
const SEND = `"type":"send","from":"@bob","to":[{"address":"@alice","coins":[{"asset":"BNB","amount":"0.5"}]}]`;

interface Submitted {
  readonly height: number;
  readonly message: Message;
  readonly extras: Extras | undefined;
}

/** A market that takes everything but cancels, counts sequences, and writes down what it was handed. */
const recorder = (): { submitted: Submitted[]; at: (height: number, time?: bigint) => TraderMarket } => {
  const submitted: Submitted[] = [];
  const held = stateOfGenesis(GENESIS);
  const at = (height: number, time = BigInt(height)): TraderMarket => ({
    state: held,
    height,
    time,
    submit: (message, extras): Result => {
      submitted.push({ height, message, extras });
      if (message.type === 'cancelOrder') return refused(6, 405, `Failed to find order [${message.refId}]`);
      if (message.type === 'newOrder') held.accounts.open(message.sender).sequence += 1;
      return { ok: true, code: 0, log: 'Msg 0: ' };
    },
  });
  return { submitted, at };
};

test('a step runs in its block: by offset from the first block seen, by height, by time, or with the line before', () => {
  const steps = parseScenario(
    [
      `{"at":1,"message":{${SEND}},"memo":"offset"}`,
      `{"message":{${SEND}},"memo":"like the line before"}`,
      `{"at":{"height":12},"message":{${SEND}},"memo":"height"}`,
      `{"at":{"time":"1970-01-01T00:00:05.000000002Z"},"message":{${SEND}},"memo":"time"}`,
      `{"at":0,"message":{${SEND}},"memo":"first"}`,
      `{"at":{"height":2},"message":{${SEND}},"memo":"past"}`,
    ].join('\n'),
    ACCOUNTS,
  );
  const { submitted, at } = recorder();
  const runner = new ScenarioRunner(steps);
  runner.onBlock(at(10, 5_000_000_000n));
  runner.onBlock(at(11, 5_000_000_001n));
  assert.equal(runner.isDone, false);
  runner.onBlock(at(12, 5_000_000_400n));
  runner.onBlock(at(13, 5_000_000_800n));
  assert.equal(runner.isDone, true);
  assert.deepEqual(
    submitted.map(({ height, extras }) => [height, extras?.memo]),
    [
      [10, 'first'],
      [10, 'past'],
      [11, 'offset'],
      [11, 'like the line before'],
      [12, 'height'],
      [12, 'time'],
    ],
  );
});

test('names stand for addresses wherever a message has one', () => {
  const [order, plain, whole, issue] = parseScenario(
    [
      `{"message":{${ORDER}}}`,
      `{"message":{${SEND}}}`,
      '{"message":{"type":"send","inputs":[{"address":"@bob","coins":[{"asset":"BNB","amount":"1"}]}],"outputs":[{"address":"@alice","coins":[{"asset":"BNB","amount":"1"}]}]}}',
      '{"message":{"type":"issue","from":"@bob","name":"@alice","symbol":"ABC","totalSupply":"1","mintable":false}}',
    ].join('\n'),
    ACCOUNTS,
  ).map(({ message }) => message);
  assert.equal(order?.type === 'newOrder' && order.sender, ALICE);
  for (const send of [plain, whole]) {
    assert.ok(send?.type === 'send');
    assert.equal(send.inputs[0]?.address, BOB);
    assert.equal(send.outputs[0]?.address, ALICE);
  }
  assert.deepEqual(issue?.type === 'issue' && [issue.from, issue.name], [BOB, '@alice']);
});

test('a cancel by label gets the id and the symbol of the order with that label, given at the sequence it had', () => {
  const text = [
    `{"message":{${ORDER}}}`,
    `{"at":3,"label":"a1","source":7,"message":{${ORDER}}}`,
    '{"at":4,"refLabel":"a1","message":{"type":"cancelOrder","sender":"@alice"}}',
    `{"label":"own","message":{"id":"wrong-1",${ORDER}}}`,
    '{"refLabel":"own","message":{"type":"cancelOrder","sender":"@alice","symbol":"OTHER_BNB"}}',
  ].join('\n');
  const { submitted, at } = recorder();
  const runner = new ScenarioRunner(parseScenario(text, ACCOUNTS));
  for (let height = 1; height <= 5; height += 1) runner.onBlock(at(height));
  const messages = submitted.map(({ message }) => message);
  assert.deepEqual(
    messages.map((message) => (message.type === 'newOrder' ? message.id : '')),
    [formatOrderId(ALICE, 1), formatOrderId(ALICE, 2), '', 'wrong-1', ''],
  );
  assert.equal(submitted[1]?.extras?.source, 7);
  assert.deepEqual(
    [messages[2], messages[4]],
    [
      { type: 'cancelOrder', sender: ALICE, symbol: 'BTCB-1DE_BNB', refId: formatOrderId(ALICE, 2) },
      { type: 'cancelOrder', sender: ALICE, symbol: 'OTHER_BNB', refId: 'wrong-1' },
    ],
  );
});

test('an outcome that is not as expected is a mismatch, and the scenario goes on', () => {
  const cancel = '"type":"cancelOrder","sender":"@alice","symbol":"A_B","refId":"X-1"';
  const text = [
    `{"message":{${ORDER}},"expect":{"code":0}}`,
    `{"message":{${ORDER}},"expect":{"code":393617}}`,
    `{"message":{${cancel}},"expect":{"code":393621,"message":"Failed to find"}}`,
    `{"message":{${cancel}},"expect":{"code":0}}`,
    `{"message":{${cancel}},"expect":{"message":"does not belong"}}`,
    `{"message":{${cancel}}}`,
  ].join('\n');
  const { at } = recorder();
  const runner = new ScenarioRunner(parseScenario(text, ACCOUNTS));
  const outcomes = runner.onBlock(at(1));
  assert.deepEqual(outcomes, runner.outcomes);
  assert.deepEqual(
    runner.mismatches.map(({ line, mismatch }) => [line, mismatch]),
    [
      [2, 'expected code 393617, got 0: Msg 0: '],
      [4, 'expected code 0, got 393621: Failed to find order [X-1]'],
      [5, 'expected the text does not belong, got: Failed to find order [X-1]'],
    ],
  );
});

test('a line that cannot be read is named, with what should stand there', () => {
  const fine = `\n# a comment\n{"message":{${ORDER}},"label":"a"}\r\n`;
  const faults: readonly [string, RegExp][] = [
    ['{"at":1', /expected one JSON object/],
    ['[1]', /expected an object/],
    ['{"at":1}', /message: missing/],
    [`{"at":-1,"message":{${SEND}}}`, /at: found -1/],
    [`{"at":"3","message":{${SEND}}}`, /at: found "3", expected a number of blocks/],
    [`{"at":{"height":0},"message":{${SEND}}}`, /at.height: found 0/],
    [`{"at":{"time":"yesterday"},"message":{${SEND}}}`, /at.time: found "yesterday"/],
    [`{"at":{"time":"2019-02-30T07:26:46Z"},"message":{${SEND}}}`, /at.time/],
    [`{"at":{"time":"2019-13-11T07:26:46Z"},"message":{${SEND}}}`, /at.time/],
    [`{"when":1,"message":{${SEND}}}`, /when: unknown/],
    [`{"message":{${SEND.replace('@bob', '@carol')}}}`, /message.from: found "@carol", expected one of @alice, @bob/],
    [`{"message":{${ORDER.replace('"120"', '120')}}}`, /message: .*at price: found 120/],
    [`{"message":{${ORDER}},"label":"a"}`, /label: found "a"/],
    [`{"message":{${SEND}},"label":"b"}`, /label: expected only with a newOrder/],
    ['{"message":{"type":"cancelOrder","sender":"@alice"},"refLabel":"b"}', /refLabel: found "b"/],
    [`{"message":{${SEND}},"refLabel":"a"}`, /refLabel: expected only with a cancelOrder without refId/],
    [`{"message":{${SEND}},"expect":{"status":1}}`, /expect.status: unknown/],
    [`{"message":{${SEND}},"source":-1}`, /source: found -1/],
  ];
  for (const [line, problem] of faults) {
    assert.throws(
      () => parseScenario(`${fine}${line}\n`, ACCOUNTS),
      (error) => {
        assert.ok(error instanceof ScenarioError, String(error));
        assert.equal(error.code, 'SCENARIO_INVALID');
        assert.equal(error.line, 4);
        assert.match(error.message, problem);
        return true;
      },
    );
  }
});

test('whatever the text is, it is a scenario or a ScenarioError', () => {
  const line = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant(`{"message":{${SEND}}}`),
    fc.json().map((at) => `{"at":${at},"message":{${SEND}}}`),
    fc.json().map((message) => `{"message":${message}}`),
    fc.json().map((expect) => `{"message":{${SEND}},"expect":${expect}}`),
    fc.constant(`{"message":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      try {
        parseScenario(lines.join('\n'), ACCOUNTS);
      } catch (error) {
        assert.ok(error instanceof ScenarioError, String(error));
      }
    }),
    { seed: 20_261_125, numRuns: 200 },
  );
});

test('the example of the documentation runs on the default genesis as it says', () => {
  const text = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
  const example = /```jsonl\n([^`]*)```/.exec(text)?.[1] ?? '';
  const runner = new ScenarioRunner(parseScenario(example, ACCOUNTS));
  const market = new ChainMarket(GENESIS, runner);
  const trades = Array.from({ length: 500 }, () => market.seal()).flatMap((block) => block.trades);
  assert.deepEqual(
    trades.map(({ tradeId, quantity }) => [tradeId, quantity]),
    [['3-0', 100_000_000n]],
  );
  assert.equal(runner.isDone, true);
  assert.equal(runner.outcomes.length, 5);
  assert.deepEqual(runner.mismatches, []);
  assert.deepEqual(
    runner.outcomes.map(({ height, result }) => [height, result.code]),
    [
      [1, 0],
      [3, 0],
      [5, 0],
      [5, 65_546],
      [500, 0],
    ],
  );
  assert.equal(market.state.openOrders.size, 0);
});
