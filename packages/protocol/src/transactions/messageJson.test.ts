import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { encodeAddress } from '../address.ts';
import { MessageError } from '../errors.ts';
import type { CoinUnits, Message, TransferSide } from './message.ts';
import { formatMessage, parseMessage, withOrderId } from './messageJson.ts';

const A = 'tbnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzrud5rr';
const B = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
const MAX = 2n ** 63n - 1n;

const ORDER = { type: 'newOrder', sender: A, symbol: 'BNB_BUSD-BD1', side: 'buy', price: '0.05', quantity: '12' };
const SEND = { type: 'send', from: A, to: [{ address: B, coins: [{ asset: 'BNB', amount: '1.5' }] }] };
const ISSUE = { type: 'issue', from: A, name: 'My Token', symbol: 'ABC', totalSupply: '1000', mintable: true };
const MINT = { type: 'mint', from: A, symbol: 'ABC-123', amount: '5' };
const LIST = { type: 'list', from: A, proposalId: 1, baseAsset: 'ABC-123', quoteAsset: 'BNB', initPrice: '0.5' };

/** `json` with some members changed, and those that are undefined left out. */
const but = (json: object, change: object): unknown => JSON.parse(JSON.stringify({ ...json, ...change }));

const refused = (json: unknown, path: string, text: RegExp): void => {
  assert.throws(() => parseMessage(json), { name: 'MessageError', code: 'MESSAGE_INVALID', path, message: text });
};

test('an order is read with its words as numbers, good till expire unless told otherwise, and without an id', () => {
  const order = {
    type: 'newOrder',
    sender: A,
    id: '',
    symbol: 'BNB_BUSD-BD1',
    orderType: 2,
    side: 1,
    price: 5_000_000n,
    quantity: 1_200_000_000n,
    timeInForce: 1,
  } as const;
  assert.deepEqual(parseMessage(ORDER), order);
  const ioc = parseMessage({ ...ORDER, side: 'sell', timeInForce: 'IOC', id: 'X-1' });
  assert.deepEqual(ioc, { ...order, id: 'X-1', side: 2, timeInForce: 3 });
});

test('an order without an id gets the one that the chain asks for, another message stays as it is', () => {
  const filled = withOrderId(parseMessage(ORDER), 3);
  assert.ok(filled.type === 'newOrder');
  assert.equal(filled.id, '7F756B1BE93AA2E2FDC3D7CB713ABC206F877802-4');
  assert.equal(withOrderId(filled, 9), filled);
  const mint = parseMessage(MINT);
  assert.equal(withOrderId(mint, 3), mint);
});

test('a transfer names its sender and each receiver, and its input is their sum in the order of the chain', () => {
  const json = {
    type: 'send',
    from: A,
    to: [
      {
        address: B,
        coins: [
          { asset: 'BTCB-1DE', amount: '0.1' },
          { asset: 'BNB', amount: '1' },
        ],
      },
      { address: A, coins: [{ asset: 'BNB', amount: '0.00000001' }] },
    ],
  };
  assert.deepEqual(parseMessage(json), {
    type: 'send',
    inputs: [
      {
        address: A,
        coins: [
          { asset: 'BNB', amount: 100_000_001n },
          { asset: 'BTCB-1DE', amount: 10_000_000n },
        ],
      },
    ],
    outputs: [
      {
        address: B,
        coins: [
          { asset: 'BNB', amount: 100_000_000n },
          { asset: 'BTCB-1DE', amount: 10_000_000n },
        ],
      },
      { address: A, coins: [{ asset: 'BNB', amount: 1n }] },
    ],
  });
});

test('a transfer in the form of the chain is read as it stands, whatever the chain will say to it', () => {
  const side = { address: B, coins: [{ asset: 'BNB', amount: '1' }] };
  const twice = [side, { address: A, coins: [...side.coins, ...side.coins] }];
  const message = parseMessage({ type: 'send', inputs: twice, outputs: [side] });
  assert.ok(message.type === 'send');
  assert.equal(message.inputs.length, 2);
  assert.equal(message.inputs[1]?.coins.length, 2);
});

test('all other messages are read into the fields they have', () => {
  const supply = 100_000_000_000n;
  const issue = { from: A, name: 'My Token', symbol: 'ABC', totalSupply: supply, mintable: true };
  const pair = { from: A, baseAsset: 'ABC-123', quoteAsset: 'BNB', initPrice: 50_000_000n };
  assert.deepEqual(parseMessage(ISSUE), { type: 'issue', ...issue });
  for (const type of ['issueMini', 'issueTiny'] as const)
    assert.deepEqual(parseMessage({ ...ISSUE, type, tokenUri: 'http://x' }), { type, ...issue, tokenUri: 'http://x' });
  for (const type of ['mint', 'burn', 'freeze', 'unfreeze'] as const)
    assert.deepEqual(parseMessage({ ...MINT, type }), { type, from: A, symbol: 'ABC-123', amount: 500_000_000n });
  assert.deepEqual(parseMessage(LIST), { type: 'list', proposalId: 1n, ...pair });
  assert.deepEqual(parseMessage(but(LIST, { type: 'listMini', proposalId: undefined })), { type: 'listMini', ...pair });
  const cancel = { type: 'cancelOrder', sender: A, symbol: 'BNB_BUSD-BD1', refId: 'X-1' };
  assert.deepEqual(parseMessage(cancel), cancel);
});

test('what is no message at all says so', () => {
  for (const json of [undefined, null, 5, 'send', [], true]) refused(json, '', /expected an object/);
  refused({}, 'type', /missing, expected "newOrder" or/);
  refused({ type: 'transfer' }, 'type', /found "transfer", expected "newOrder" or/);
  refused({ type: ['send'] }, 'type', /found a list/);
  refused(JSON.parse('{"__proto__":{"type":"mint"}}'), 'type', /missing/);
});

test('each required member is missed by its name, and a member too many is found', () => {
  const samples = [ORDER, SEND, ISSUE, { ...ISSUE, type: 'issueTiny', tokenUri: '' }, MINT, LIST];
  for (const json of samples) {
    for (const name of Object.keys(json)) {
      if (name === 'type') continue;
      // Without `tokenUri` an issue of a tiny token has nothing where text must be.
      refused(but(json, { [name]: undefined }), name, name === 'tokenUri' ? /expected text/ : /missing/);
    }
    refused({ ...json, more: 1 }, 'more', /unknown, expected only type, /);
  }
  refused({ ...ISSUE, tokenUri: '' }, 'tokenUri', /unknown/);
  refused({ ...LIST, type: 'listMini' }, 'proposalId', /unknown/);
  refused({ ...SEND, inputs: [], outputs: [] }, 'from', /unknown/);
  refused(but(SEND, { to: [{ address: B, coins: [{ asset: 'BNB' }] }] }), 'to[0].coins[0].amount', /missing/);
});

test('a member of another type is found at its place', () => {
  refused({ ...ORDER, sender: 'alice' }, 'sender', /found "alice", expected an address/);
  refused({ ...ORDER, symbol: 5 }, 'symbol', /expected text/);
  refused({ ...ORDER, side: 1 }, 'side', /expected "buy" or "sell"/);
  refused({ ...ORDER, side: 'toString' }, 'side', /expected "buy" or "sell"/);
  refused({ ...ORDER, timeInForce: 'FOK' }, 'timeInForce', /expected "GTE" or "IOC"/);
  refused({ ...ORDER, id: null }, 'id', /expected text/);
  refused({ ...ISSUE, mintable: 'yes' }, 'mintable', /expected true or false/);
  refused({ ...SEND, to: {} }, 'to', /expected a list/);
  refused({ ...SEND, to: [] }, 'to', /found 0 items, expected 1 or more/);
  refused({ ...SEND, to: [{ address: B, coins: [] }] }, 'to[0].coins', /found 0 items/);
  for (const proposalId of ['1', 1.5, -1, 2 ** 53]) refused({ ...LIST, proposalId }, 'proposalId', /a whole number/);
});

test('a number that is not decimal text, or not an amount of the chain, says which', () => {
  const price = (value: unknown, text: RegExp): void => refused({ ...ORDER, price: value }, 'price', text);
  price(0.05, /found 0.05, expected decimal text such as "0.05"/);
  for (const text of ['', '1e5', ' 1', '1.', '.5', '+1', 'NaN', '0x1', '1,5', '9'.repeat(2_000)])
    price(text, /decimal text/);
  price('-0.05', /not negative/);
  price('0.000000001', /no more than 8 decimal places/);
  price('92233720368.54775808', /at most 92233720368.54775807/);
  assert.deepEqual(parseMessage({ ...MINT, amount: '92233720368.54775807' }), { ...parseMessage(MINT), amount: MAX });
  assert.deepEqual(parseMessage({ ...MINT, amount: '5.000000000000' }), parseMessage(MINT));
});

test('coins that come twice or add up to too much are refused where they stand', () => {
  const coin = { asset: 'BNB', amount: '50000000000' };
  const to = (...coins: object[]) => ({ address: B, coins });
  refused({ ...SEND, to: [to(coin, coin)] }, 'to[0].coins', /found "BNB" twice/);
  refused({ ...SEND, to: [to(coin), to(coin)] }, 'to', /add up to more than 9223372036854775807/);
});

test('a message that no JSON is for is refused where it is so', () => {
  const order = parseMessage(ORDER);
  assert.ok(order.type === 'newOrder');
  const cases: [Message, string][] = [
    [{ ...order, side: 3 }, 'side'],
    [{ ...order, timeInForce: 2 }, 'timeInForce'],
    [{ ...order, orderType: 1 }, 'orderType'],
    [{ ...order, price: -1n }, 'price'],
    [{ type: 'burn', from: A, symbol: 'BNB', amount: MAX + 1n }, 'amount'],
    [
      { type: 'send', inputs: [{ address: A, coins: [{ asset: 'BNB', amount: -1n }] }], outputs: [] },
      'inputs[0].coins[0].amount',
    ],
  ];
  for (const [message, path] of cases) assert.throws(() => formatMessage(message), { code: 'MESSAGE_INVALID', path });
});

test('a transfer that the short form can say is written in it', () => {
  assert.deepEqual(formatMessage(parseMessage(SEND)), {
    ...SEND,
    to: [{ address: B, coins: [{ asset: 'BNB', amount: '1.50000000' }] }],
  });
});

test('a transfer that the short form would change is written as the chain has it', () => {
  const [bnb, busd] = ['BNB', 'BUSD-BD1'].map((asset) => ({ asset, amount: 1n })) as [CoinUnits, CoinUnits];
  const both = { address: A, coins: [bnb, busd] };
  const transfers: Message[] = [
    { type: 'send', inputs: [both, both], outputs: [both] },
    { type: 'send', inputs: [both], outputs: [{ address: B, coins: [busd, bnb] }] },
    { type: 'send', inputs: [both], outputs: [{ address: B, coins: [bnb] }] },
  ];
  for (const transfer of transfers) assert.deepEqual(parseMessage(formatMessage(transfer)), transfer);
});

const address = fc
  .tuple(fc.constantFrom('bnb', 'tbnb'), fc.uint8Array({ minLength: 20, maxLength: 20 }))
  .map(([prefix, bytes]): string => encodeAddress(prefix, bytes));
const units = fc.bigInt({ min: 0n, max: MAX });
const asset = fc.constantFrom('BNB', 'BTCB-1DE', 'XYZ-12AM', 'b', '\u00e9');
const sides: fc.Arbitrary<TransferSide[]> = fc.array(
  fc.record({ address, coins: fc.array(fc.record({ asset, amount: units }), { minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 3 },
);
const text = fc.string();
const token = { from: address, name: text, symbol: text, totalSupply: units, mintable: fc.boolean() };
const change = { from: address, symbol: text, amount: units };
const pair = { from: address, baseAsset: text, quoteAsset: text, initPrice: units };

/** Transfers that the short form can say come from it. */
const plainSend = fc
  .record({ from: address, to: sides })
  .map(({ from, to }) => ({
    type: 'send',
    from,
    to: to.map((side) => ({ ...side, coins: side.coins.slice(0, 1).map(({ asset }) => ({ asset, amount: '1' })) })),
  }))
  .map(parseMessage);

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    type: fc.constant('newOrder' as const),
    sender: address,
    id: text,
    symbol: text,
    orderType: fc.constant(2),
    side: fc.constantFrom(1, 2),
    price: units,
    quantity: units,
    timeInForce: fc.constantFrom(1, 3),
  }),
  fc.record({ type: fc.constant('cancelOrder' as const), sender: address, symbol: text, refId: text }),
  fc.record({ type: fc.constant('send' as const), inputs: sides, outputs: sides }),
  plainSend,
  fc.record({ type: fc.constant('issue' as const), ...token }),
  fc.record({ type: fc.constantFrom('issueMini' as const, 'issueTiny' as const), ...token, tokenUri: text }),
  fc.record({
    type: fc.constantFrom('mint' as const, 'burn' as const, 'freeze' as const, 'unfreeze' as const),
    ...change,
  }),
  fc.record({ type: fc.constant('list' as const), ...pair, proposalId: fc.maxSafeNat().map(BigInt) }),
  fc.record({ type: fc.constant('listMini' as const), ...pair }),
);

test('any message survives its JSON, as text too', () => {
  fc.assert(
    fc.property(message, (message) => {
      const read = parseMessage(JSON.parse(JSON.stringify(formatMessage(message))));
      // Records of the generator have no prototype.
      assert.deepEqual(structuredClone(read), structuredClone(message));
    }),
  );
});

test('any JSON at all is a message or a typed error', () => {
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values({ ...ORDER, ...SEND, ...ISSUE, ...LIST })));
  const names = fc.constantFrom(...Object.keys({ ...ORDER, ...SEND, ...ISSUE, ...LIST, ...MINT }), 'inputs', 'outputs');
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(names, member)), (json) => {
      try {
        parseMessage(json);
      } catch (error) {
        assert.ok(error instanceof MessageError);
      }
    }),
  );
});
