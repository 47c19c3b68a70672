import assert from 'node:assert/strict';
import { test } from 'vitest';
import { BOB, order, RestVenue } from '../../../../tests/support/restVenue.ts';
import { hexOf, Signer, type Terms } from '../../../../tests/support/signer.ts';
import {
  decodeTransaction,
  encodeTransaction,
  type Message,
  type SignedTransaction,
  transactionHash,
} from '../../../protocol/src/transactions/index.ts';
import { stateHash } from '../chain/snapshot.ts';
import { MAX_BROADCAST_CHARACTERS } from './broadcast.ts';
import { restApp } from './restApp.ts';

const CHAIN = 'Dexwire-Test';
const RICH = 1_000_000_000_000n;
const alice = new Signer('alice', CHAIN);
const bob = new Signer('bob', CHAIN);

/** Both signers are rich; their numbers follow those of the venue's own four accounts. */
const setUp = () => {
  const venue = new RestVenue();
  for (const { address } of [alice, bob])
    for (const asset of ['BNB', 'TOK-1AB']) venue.state.accounts.open(address).balance(asset).free = RICH;
  return venue;
};
const ALICE_NUMBER = 5;
const BOB_NUMBER = 6;

const post = (venue: RestVenue, body: string, query = '', headers: Record<string, string> = {}, hosts: string[] = []) =>
  Promise.resolve(
    restApp(venue, venue, { hosts }).request(`http://127.0.0.1:27100/api/v1/broadcast${query}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain', ...headers },
    }),
  );

const reply = async (venue: RestVenue, bytes: Uint8Array | string, status: number, query = '') => {
  const response = await post(venue, typeof bytes === 'string' ? bytes : hexOf(bytes), query);
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  return JSON.parse(text);
};

const send = (amount: bigint, from = alice.address, to = BOB): Message => ({
  type: 'send',
  inputs: [{ address: from, coins: [{ asset: 'BNB', amount }] }],
  outputs: [{ address: to, coins: [{ asset: 'BNB', amount }] }],
});

const signed = (message: Message, terms: Terms = {}): Uint8Array =>
  alice.bytes(message, { accountNumber: ALICE_NUMBER, ...terms });

/** Refused with a code and a text, and nothing of the state is changed. */
const refused = async (venue: RestVenue, bytes: Uint8Array | string, status: number, code: number, message: RegExp) => {
  const before = stateHash(venue.state);
  const fault = await reply(venue, bytes, status);
  assert.equal(fault.code, code);
  assert.match(fault.message, message);
  assert.equal(stateHash(venue.state), before);
  return fault;
};

test('a signed order is taken, answered as a list of one, and known by the hash of its bytes', async () => {
  const venue = setUp();
  const bytes = signed(order(alice.address, 'buy', 5_000_000n, 100_000_000n), { source: 3, memo: 'first' });
  const { hex } = venue.state.accounts.get(alice.address)!;
  assert.deepEqual(await reply(venue, bytes, 200), [
    {
      hash: transactionHash(bytes),
      ok: true,
      code: 0,
      log: 'Msg 0: ',
      data: `{"order_id":"${hex}-1"}`,
    },
  ]);
  const { transactions } = venue.seal();
  assert.equal(transactions[0]?.transaction.hash, transactionHash(bytes));
  assert.equal(transactions[0]?.transaction.source, 3);
  assert.equal(venue.state.openOrders.get(`${hex}-1`)?.owner.address, alice.address);
});

test('both cases of hex digits and space around them are read', async () => {
  const venue = setUp();
  await reply(venue, ` ${hexOf(signed(send(1n))).toUpperCase()}\n`, 200);
  assert.equal(venue.state.accounts.get(alice.address)?.sequence, 1);
});

test('with sync the answer comes once the block is sealed, without it once the transaction is accepted', async () => {
  const venue = setUp();
  let answered = false;
  const waiting = reply(venue, signed(send(1n)), 200, '?sync=true').then((body) => {
    answered = true;
    return body;
  });
  await reply(venue, signed(send(2n), { sequence: 1 }), 200, '?sync=false');
  await reply(venue, signed(send(3n), { sequence: 2 }), 200);
  assert.equal(venue.state.accounts.get(alice.address)?.sequence, 3);
  assert.equal(answered, false);
  venue.seal();
  assert.equal((await waiting)[0].ok, true);
  for (const query of ['?sync=1', '?sync=true']) {
    const fault = await reply(venue, signed(send(1n)), 400, query);
    assert.equal(fault.code, 65_539, 'what is refused is answered at once');
  }
  assert.match(
    (await reply(venue, '', 400, '?sync=maybe')).message,
    /sync: found "maybe", allowed is true, 1, false, 0/,
  );
});

test('several transactions of one account go into one block, and the account shows the sequence behind them', async () => {
  const venue = setUp();
  for (let sequence = 0; sequence < 3; sequence += 1) await reply(venue, signed(send(1n), { sequence }), 200);
  const answer = await restApp(venue, venue).request(`http://127.0.0.1/api/v1/account/${alice.address}/sequence`);
  assert.deepEqual(await answer.json(), { sequence: 3 });
  assert.equal(venue.seal().transactions.length, 3);
});

test('the key of an account is known from its first signed transaction on', async () => {
  const venue = setUp();
  const keyOf = async (): Promise<unknown> => {
    const answer = await restApp(venue, venue).request(`http://127.0.0.1/api/v1/account/${alice.address}`);
    return (await answer.json()).public_key;
  };
  assert.equal(await keyOf(), null);
  const first = alice.sign(send(1n), { accountNumber: ALICE_NUMBER });
  await reply(venue, encodeTransaction(first), 200);
  assert.deepEqual(await keyOf(), [...first.signatures[0]!.publicKey!]);
});

const withSignature = (
  transaction: SignedTransaction,
  change: Partial<SignedTransaction['signatures'][number]>,
): SignedTransaction => ({ ...transaction, signatures: [{ ...transaction.signatures[0]!, ...change }] });

test('a transaction has one encoding: with another key, or without one, it is refused', async () => {
  const venue = setUp();
  const nil = [65_544, /^public key of signature should not be nil$/] as const;
  const first = alice.sign(send(1n), { accountNumber: ALICE_NUMBER });
  await refused(venue, encodeTransaction(withSignature(first, { publicKey: undefined })), 400, ...nil);
  await reply(venue, encodeTransaction(first), 200);
  const second = alice.sign(send(1n), { accountNumber: ALICE_NUMBER, sequence: 1 });
  await refused(venue, encodeTransaction(withSignature(second, { publicKey: undefined })), 400, ...nil);
  const { publicKey } = bob.sign(send(1n)).signatures[0]!;
  for (const other of [publicKey, new Uint8Array(33).fill(255)]) {
    await refused(
      venue,
      encodeTransaction(withSignature(second, { publicKey: other })),
      400,
      65_544,
      /^PubKey of account does not match PubKey of signature$/,
    );
  }
  await reply(venue, encodeTransaction(second), 200);
});

test('the form of a message comes before its signer', async () => {
  const venue = setUp();
  const freeze = { type: 'freeze', from: alice.address, symbol: 'BNB', amount: 0n } as const;
  await refused(venue, signed(freeze, { sequence: 9 }), 400, 65_541, /^amount should be more than 0$/);
  const nobody: Message = { type: 'send', inputs: [], outputs: [] };
  await refused(venue, signed(nobody), 400, 131_173, /^invalid input coins$/);
  await refused(venue, signed({ ...freeze, from: '', amount: 1n }), 400, 65_545, /^empty address$/);
});

test('a transaction by its hash shows key and signature, with int64 as text', async () => {
  const venue = setUp();
  const bytes = signed(send(5n), { memo: 'hi', source: 2 });
  const [{ hash }] = await reply(venue, bytes, 200);
  venue.seal();
  const answer = await restApp(venue, venue).request(`http://127.0.0.1/api/v1/tx/${hash}?format=json`);
  const { tx, ok, height } = await answer.json();
  const [signature] = decodeTransaction(bytes, 'tbnb').signatures;
  assert.deepEqual([ok, height], [true, '100']);
  assert.deepEqual(tx.value.signatures, [
    {
      account_number: '5',
      pub_key: {
        type: 'tendermint/PubKeySecp256k1',
        value: Buffer.from(signature!.publicKey!).toString('base64'),
      },
      sequence: '0',
      signature: Buffer.from(signature!.signature).toString('base64'),
    },
  ]);
});

test('what is no hex is told so, and what does not decode is a parse error that names the place', async () => {
  const venue = setUp();
  for (const body of ['', 'xyz', '0x00', 'abc', '{"a":1}']) await refused(venue, body, 400, 400, /as hex digits$/);
  const fault = await refused(venue, 'c601f0625dee', 400, 65_538, /^tx parse error$/);
  assert.match(fault.detail, /TRANSACTION_INVALID/);
  const whole = signed(send(1n));
  await refused(venue, whole.subarray(0, -1), 400, 65_538, /^tx parse error$/);
});

test('the checks come in the order of the chain, each with its code and text', async () => {
  const venue = setUp();
  const whole = alice.sign(send(1n), { accountNumber: ALICE_NUMBER });
  const [signature] = whole.signatures;
  const encoded = (change: Partial<SignedTransaction>): Uint8Array => encodeTransaction({ ...whole, ...change });
  const data = Uint8Array.of(1);
  await refused(venue, encoded({ signatures: [], data }), 400, 65_540, /^no signers$/);
  await refused(
    venue,
    encoded({ signatures: [signature!, signature!], data }),
    400,
    65_540,
    /^wrong number of signers$/,
  );
  await refused(venue, encoded({ data, memo: 'm'.repeat(129) }), 400, 65_540, /^data field is not allowed to use/);
  const nobody = new Signer('nobody', CHAIN);
  const memo = 'é'.repeat(65);
  await refused(
    venue,
    nobody.bytes(send(1n, nobody.address), { memo }),
    400,
    65_548,
    /^maximum number of characters is 128 but received 130 characters$/,
  );
  await refused(venue, nobody.bytes(send(1n, nobody.address)), 400, 65_545, new RegExp(`^${nobody.address}$`));
  const number = { accountNumber: 9, sequence: 4 };
  await refused(venue, signed(send(1n), number), 400, 65_539, /^Invalid account number. Got 9, expected 5$/);
  await refused(
    venue,
    signed(send(1n), { sequence: 2n ** 63n - 1n }),
    400,
    65_539,
    /^Invalid sequence. Got 9223372036854775807, expected 0$/,
  );
  const foreign = bob.sign(send(1n), { accountNumber: ALICE_NUMBER });
  await refused(
    venue,
    encodeTransaction(foreign),
    400,
    65_544,
    new RegExp(`^PubKey does not match Signer address ${alice.address}$`),
  );
  const { publicKey } = signature!;
  await refused(
    venue,
    encodeTransaction(withSignature(foreign, { publicKey })),
    401,
    65_540,
    /^signature verification failed$/,
  );
  await refused(venue, signed(send(RICH)), 400, 65_546, /^999999992500BNB,1000000000000TOK-1AB < 1000000000000BNB$/);
});

test('a signature for another chain is refused', async () => {
  const elsewhere = new Signer('alice', 'Binance-Chain-Tigris');
  const bytes = elsewhere.bytes(send(1n), { accountNumber: ALICE_NUMBER });
  await refused(setUp(), bytes, 401, 65_540, /^signature verification failed$/);
});

test('a malleable signature, the high one of two, is refused', async () => {
  const whole = alice.sign(send(1n), { accountNumber: ALICE_NUMBER });
  const { signature } = whole.signatures[0]!;
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const high = (order - BigInt(`0x${hexOf(signature.subarray(32))}`)).toString(16).padStart(64, '0');
  const malleable = Uint8Array.from([...signature.subarray(0, 32), ...Buffer.from(high, 'hex')]);
  const bytes = encodeTransaction(withSignature(whole, { signature: malleable }));
  await refused(setUp(), bytes, 401, 65_540, /^signature verification failed$/);
});

test('a transaction that is posted twice is taken once', async () => {
  const venue = setUp();
  const bytes = signed(send(7n));
  await reply(venue, bytes, 200);
  await refused(venue, bytes, 400, 65_539, /^Invalid sequence. Got 0, expected 1$/);
  venue.seal();
  await refused(venue, bytes, 400, 65_539, /^Invalid sequence. Got 0, expected 1$/);
  assert.equal(venue.state.accounts.get(BOB)?.of('BNB').free, RICH + 7n);
});

test('nobody acts for another account with a key of his own', async () => {
  const venue = setUp();
  for (const message of [
    send(1n, bob.address),
    order(bob.address, 'buy', 5_000_000n, 100_000_000n),
    { type: 'freeze', from: bob.address, symbol: 'BNB', amount: 1n } as const,
  ]) {
    await refused(venue, alice.bytes(message, { accountNumber: BOB_NUMBER }), 400, 65_544, /^PubKey does not match/);
  }
  // Nor by an input beside his own.
  const both: Message = {
    type: 'send',
    inputs: [alice.address, bob.address].map((address) => ({ address, coins: [{ asset: 'BNB', amount: 5n }] })),
    outputs: [{ address: BOB, coins: [{ asset: 'BNB', amount: 10n }] }],
  };
  await refused(venue, signed(both), 400, 65_540, /^wrong number of signers$/);
});

test('what two transactions of one block would spend together is refused with the second', async () => {
  const venue = setUp();
  await reply(venue, signed(send(RICH - 1_000_000n)), 200);
  const before = stateHash(venue.state);
  const fault = await reply(venue, signed(send(1_000_000n), { sequence: 1 }), 400);
  assert.equal(fault.code, 65_546);
  assert.equal(stateHash(venue.state), before);
  assert.equal(venue.state.accounts.get(alice.address)?.sequence, 1);
});

test('what is refused here comes into no block, so an order that is made again is not taken for one that failed', async () => {
  const venue = setUp();
  const buy = order(alice.address, 'buy', 5_000_000n, RICH * 1_000n);
  const fault = await reply(venue, signed(buy), 400);
  assert.deepEqual([fault.code, fault.message], [393_617, 'do not have enough token to lock']);
  await reply(venue, signed({ type: 'cancelOrder', sender: alice.address, symbol: 'TOK-1AB_BNB', refId: 'x-1' }), 400);
  await reply(venue, signed({ type: 'mint', from: alice.address, symbol: 'TOK-1AB', amount: 1n }), 400);
  await reply(venue, signed(order(alice.address, 'buy', 5_000_000n, 100_000_000n)), 200);
  const block = venue.seal();
  assert.equal(block.transactions.length, 1);
  assert.deepEqual(
    block.updates.map(({ status }) => status),
    ['Ack'],
  );
});

test('a web page from elsewhere may not trade here, whatever name it has found this machine by', async () => {
  const venue = setUp();
  const body = hexOf(signed(send(1n)));
  for (const headers of [
    { origin: 'https://example.org' },
    { origin: 'null' },
    { host: 'example.org' },
    { host: 'example.org:27100', origin: 'http://example.org:27100' },
  ] as Record<string, string>[]) {
    const response = await post(venue, body, '', headers);
    assert.equal(response.status, 403, JSON.stringify(headers));
    assert.equal((await response.json()).code, 403);
  }
  assert.equal(venue.state.accounts.get(alice.address)?.sequence, 0);
  assert.equal((await post(venue, body, '', { origin: 'http://localhost:5173' })).status, 200);
  const next = hexOf(signed(send(1n), { sequence: 1 }));
  assert.equal((await post(venue, next, '', { host: 'dex:80', origin: 'https://dex' }, ['dex'])).status, 200);
});

test('a body past the limit is refused before it is read as hex', async () => {
  const fault = await reply(setUp(), '0'.repeat(MAX_BROADCAST_CHARACTERS + 2), 413);
  assert.equal(fault.code, 413);
});

test('another method is told what is taken', async () => {
  const venue = setUp();
  const response = await restApp(venue, venue).request('http://127.0.0.1/api/v1/broadcast');
  assert.equal(response.status, 405);
  assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
  assert.equal((await restApp(venue).request('http://127.0.0.1/api/v1/broadcast', { method: 'POST' })).status, 404);
});

test('a fault of ours is a 500 that tells nothing, and is told to whoever runs the node', async () => {
  const venue = setUp();
  const faults: unknown[] = [];
  const fault = new Error('broken');
  const broken = {
    sealed: () => Promise.resolve(),
    broadcast: () => {
      throw fault;
    },
  };
  const app = restApp(venue, broken, { onFault: (error) => faults.push(error) });
  const response = await app.request('http://127.0.0.1/api/v1/broadcast', { method: 'POST', body: '00' });
  assert.deepEqual([response.status, await response.json()], [500, { code: 500, message: 'internal error' }]);
  assert.deepEqual(faults, [fault]);
});
