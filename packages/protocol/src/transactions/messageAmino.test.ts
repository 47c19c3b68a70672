import assert from 'node:assert/strict';
import { test } from 'vitest';
import { bytesOf, hexOf } from '../../../../tests/support/workedTransactions.ts';
import { AminoReader } from './amino.ts';
import type { Message } from './message.ts';
import { decodeMessage, encodeMessage } from './messageAmino.ts';

const FROM = 'bnb10a6kkxlf823w9lwr6l9hzw4uyphcw7qzdfysrj';
const TOKEN = { from: FROM, name: 'My Token', symbol: 'ABC', totalSupply: 100_000_000_000n };
const CHANGE = { from: FROM, symbol: 'ABC-123', amount: 500_000_000n };
const PAIR = { from: FROM, quoteAsset: 'BNB', initPrice: 50_000_000n };
const MINI = '0a147f756b1be93aa2e2fdc3d7cb713abc206f87780212084d7920546f6b656e1a034142432080d0dbc3f4022801';

/** Recorded from the chain's npm package, version 4.2.2; issueTiny by the reference, as the other with another prefix. */
const RECORDED: readonly (readonly [Message, string])[] = [
  [
    {
      type: 'newOrder',
      sender: FROM,
      id: '7F756B1BE93AA2E2FDC3D7CB713ABC206F877802-4',
      symbol: 'ABC-123_BNB',
      orderType: 2,
      side: 1,
      price: 50_000_000n,
      quantity: 200_000_000n,
      timeInForce: 1,
    },
    'ce6dc0430a147f756b1be93aa2e2fdc3d7cb713abc206f877802122a374637353642314245393341413245324644433344374342373133414243323036463837373830322d341a0b4142432d3132335f424e42200228013080e1eb17388084af5f4001',
  ],
  [
    { type: 'issue', ...TOKEN, mintable: true },
    '17efab800a147f756b1be93aa2e2fdc3d7cb713abc206f87780212084d7920546f6b656e1a034142432080d0dbc3f4022801',
  ],
  [
    { type: 'issue', ...TOKEN, mintable: false },
    '17efab800a147f756b1be93aa2e2fdc3d7cb713abc206f87780212084d7920546f6b656e1a034142432080d0dbc3f402',
  ],
  [{ type: 'mint', ...CHANGE }, '467e08290a147f756b1be93aa2e2fdc3d7cb713abc206f87780212074142432d3132331880cab5ee01'],
  [{ type: 'burn', ...CHANGE }, '7ed2d2a00a147f756b1be93aa2e2fdc3d7cb713abc206f87780212074142432d3132331880cab5ee01'],
  [{ type: 'freeze', ...CHANGE }, 'e774b32d0a147f756b1be93aa2e2fdc3d7cb713abc206f87780212074142432d3132331880cab5ee01'],
  [
    { type: 'unfreeze', ...CHANGE },
    '6515ff0d0a147f756b1be93aa2e2fdc3d7cb713abc206f87780212074142432d3132331880cab5ee01',
  ],
  [
    { type: 'list', ...PAIR, proposalId: 1n, baseAsset: 'ABC-123' },
    'b41de13f0a147f756b1be93aa2e2fdc3d7cb713abc206f87780210011a074142432d3132332203424e422880e1eb17',
  ],
  [
    { type: 'listMini', ...PAIR, baseAsset: 'ABC-123M' },
    '4c2640190a147f756b1be93aa2e2fdc3d7cb713abc206f87780212084142432d3132334d1a03424e422080e1eb17',
  ],
  [{ type: 'issueMini', ...TOKEN, mintable: true, tokenUri: 'http://x' }, `a3f16c41${MINI}3208687474703a2f2f78`],
  [{ type: 'issueTiny', ...TOKEN, mintable: true, tokenUri: 'http://x' }, `ed2832d4${MINI}3208687474703a2f2f78`],
];

test('messages have the bytes that the chain and its programs give them', () => {
  for (const [message, hex] of RECORDED) assert.equal(hexOf(encodeMessage(message, 'message')), hex, message.type);
});

test('recorded bytes are read as the message that they were made of', () => {
  for (const [message, hex] of RECORDED)
    assert.deepEqual(decodeMessage(new AminoReader(bytesOf(hex)), 'message', 'bnb'), message);
});
