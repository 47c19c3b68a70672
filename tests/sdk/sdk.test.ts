/** The official SDK, unmodified, on our node: each of its calls, and what it says of refusals. */
import assert from 'node:assert/strict';
import { type Node, startNode } from '@dexwire/node';
import { settled, VirtualClock } from '@dexwire/node/testing';
import { addressOfPrivateKey, privateKeyOfMnemonic } from '@dexwire/protocol/transactions';
import { afterEach, beforeEach, describe, test, vi } from 'vitest';
import { BncClient } from './officialSdk.ts';
import { held, type Session, serverOf, signIn, startSession } from './session.ts';

const PAIR = 'ETH-1C9_BNB';

let session: Session;
beforeEach(async () => {
  session = await startSession();
});
afterEach(() => session.market.close());

/** Of an answer that the SDK gives even where the node refuses: it then says so on stderr, and returns an empty list. */
const told = <Reply extends object>(reply: Reply | readonly never[]): Reply => {
  assert.ok(!Array.isArray(reply), 'the SDK got no answer');
  return reply as Reply;
};

/** The symbol that a token was given, from what the SDK passes on. */
const symbolOf = ({ log }: { readonly log: string }): string => {
  const [, symbol] = /^Msg 0: Issued (\S+)$/.exec(log) ?? [];
  assert.ok(symbol, log);
  return symbol;
};

describe('accounts and keys', () => {
  const anyone = new BncClient('http://127.0.0.1');

  test('a made account has an address of the testnet that follows from its key', () => {
    const { privateKey, address } = anyone.createAccount();
    assert.equal(address, addressOfPrivateKey(privateKey, 'tbnb'));
    assert.deepEqual(anyone.recoverAccountFromPrivateKey(privateKey), { privateKey, address });
    assert.equal(anyone.checkAddress(address, 'tbnb'), true);
    assert.equal(anyone.checkAddress(address, 'bnb'), false);
  });

  test('an account made with words is recovered from them, by both spellings, and by us', () => {
    const { mnemonic, ...keys } = anyone.createAccountWithMneomnic();
    assert.equal(mnemonic.split(' ').length, 24);
    assert.deepEqual(anyone.recoverAccountFromMnemonic(mnemonic), keys);
    assert.deepEqual(anyone.recoverAccountFromMneomnic(mnemonic), keys);
    assert.equal(privateKeyOfMnemonic(mnemonic), keys.privateKey);
  });

  test('an account made with a keystore is recovered from it with the password', () => {
    const { keystore, ...keys } = anyone.createAccountWithKeystore('Passw0rd!x');
    assert.deepEqual(anyone.recoverAccountFromKeystore(keystore, 'Passw0rd!x'), keys);
    assert.throws(() => anyone.recoverAccountFromKeystore(keystore, 'another'));
  });

  test('a client learns the chain from the node, and the number of its account with the key', async () => {
    const { dave, daves, market } = session;
    assert.equal(dave.chainId, market.node.state.chainId);
    assert.equal(dave.account_number, market.node.state.accounts.get(daves)?.number);
    assert.equal(dave.getClientKeyAddress(), daves);
    dave.removePrivateKey();
    assert.equal(dave.getPrivateKey(), null);
    assert.throws(() => dave.getClientKeyAddress(), /no private key is set on this client/);
  });

  test('a key from words opens an account that somebody has sent coins to, and trades', async () => {
    const { dave, daves, accepted, market } = session;
    const { mnemonic, address } = dave.createAccountWithMneomnic();
    await accepted(dave.transfer(daves, address, 10, 'BNB'));
    const { privateKey } = dave.recoverAccountFromMnemonic(mnemonic);
    const client = await signIn(market.node, privateKey);
    await accepted(client.placeOrder(address, PAIR, 1, 6, 1));
    assert.deepEqual(await held(client, 'BNB'), ['4.00000000', '6.00000000', '0.00000000']);
  });

  test.each([
    ['without', ''],
    ['with', '/'],
  ])('the URL of the node may stand %s a slash at its end', async (_, end) => {
    const { market, erins, accepted } = session;
    const [dave] = market.node.idleAccounts;
    assert.ok(dave);
    const client = await signIn(market.node, dave.privateKey, `${serverOf(market.node)}${end}`);
    const { hash } = await accepted(client.transfer(dave.address, erins, 1, 'BNB'));
    assert.equal(told(await client.getTx(hash)).result.ok, true);
    assert.equal(
      told(await client.getTxs(dave.address, market.clock.now() - 1_000, market.clock.now())).result.total,
      1,
    );
  });
});

describe('transactions', () => {
  test('transfer moves coins, with its memo, for the fee of one transfer', async () => {
    const { dave, daves, erins, accepted } = session;
    const { hash } = await accepted(dave.transfer(daves, erins, 1.5, 'BNB', 'for <tea> & cake, ü'));
    assert.deepEqual(await held(dave, 'BNB'), ['9998.49992500', '0.00000000', '0.00000000']);
    assert.deepEqual(await held(dave, 'BNB', erins), ['10001.50000000', '0.00000000', '0.00000000']);
    const [row] = (await dave.getTransactions(erins)).result.tx;
    assert.equal(row?.txHash, hash);
    assert.equal(row?.memo, 'for <tea> & cake, ü');
  });

  test('multiSend moves several coins to several accounts at once', async () => {
    const { dave, daves, erins, accepted, market } = session;
    const [alice] = market.node.accounts;
    assert.ok(alice);
    const outputs = [
      {
        to: erins,
        coins: [
          { denom: 'BNB', amount: 2 },
          { denom: 'BUSD-BD1', amount: 0.5 },
        ],
      },
      { to: alice.address, coins: [{ denom: 'BNB', amount: 3 }] },
    ];
    await accepted(dave.multiSend(daves, outputs));
    assert.deepEqual(await held(dave, 'BNB'), ['9994.99982000', '0.00000000', '0.00000000']);
    assert.equal((await held(dave, 'BNB', erins))[0], '10002.00000000');
    assert.equal((await held(dave, 'BUSD-BD1', erins))[0], '3000000.50000000');
    assert.equal((await held(dave, 'BNB', alice.address))[0], '10003.00000000');
  });

  test('placeOrder puts an order on the book, and cancelOrder takes it off again', async () => {
    const { dave, daves, accepted } = session;
    const { data } = await accepted(dave.placeOrder(daves, PAIR, 1, 6.5, 2));
    const { order_id: id } = JSON.parse(data ?? '');
    const { order } = told(await dave.getOpenOrders(daves)).result;
    assert.deepEqual(
      order.map(({ orderId, symbol, price, quantity, status }) => [orderId, symbol, price, quantity, status]),
      [[id, PAIR, '6.50000000', '2.00000000', 'Ack']],
    );
    assert.deepEqual(told(await dave.getDepth(PAIR)).result.bids, [['6.50000000', '2.00000000']]);
    assert.deepEqual((await held(dave, 'BNB')).slice(0, 2), ['9987.00000000', '13.00000000']);
    await accepted(dave.cancelOrder(daves, PAIR, id));
    assert.deepEqual(told(await dave.getOpenOrders()).result.order, []);
    assert.deepEqual(told(await dave.getDepth(PAIR)).result.bids, []);
    assert.equal((await held(dave, 'BNB'))[1], '0.00000000');
  });

  test('orders of two people meet; an immediate one leaves nothing on the book', async () => {
    const { dave, daves, erin, erins, accepted } = session;
    await accepted(dave.placeOrder(daves, PAIR, 2, 6.5, 2));
    await accepted(erin.placeOrder(erins, PAIR, 1, 6.6, 3, null, 3));
    assert.equal((await held(dave, 'ETH-1C9'))[0], '1498.00000000');
    assert.equal((await held(erin, 'ETH-1C9'))[0], '1502.00000000');
    for (const address of [daves, erins]) assert.deepEqual(told(await erin.getOpenOrders(address)).result.order, []);
  });

  test('one that sends faster than blocks come finds its next sequence each time', async () => {
    const { dave, daves, market } = session;
    for (const price of [6.1, 6.2, 6.3]) await dave.placeOrder(daves, PAIR, 1, price, 1);
    assert.equal((await dave.getAccount())?.result.sequence, 3);
    await market.advance();
    assert.equal(told(await dave.getDepth(PAIR)).result.bids.length, 3);
  });

  test('one that counts sequences by itself need not ask for them', async () => {
    const { dave, daves, erins, market } = session;
    for (const sequence of [0, 1]) await dave.transfer(daves, erins, 1, 'BNB', '', sequence);
    await dave.placeOrder(daves, PAIR, 1, 6, 1, 2);
    await market.advance();
    assert.equal(told(await dave.getOpenOrders()).result.order.length, 1);
  });

  test('issue makes a token, mint makes more of it, burn makes it less', async () => {
    const { dave, daves, accepted } = session;
    const issued = await accepted(dave.tokens.issue(daves, 'Test Coin', 'TST', 1_000, true));
    const symbol = symbolOf(issued);
    assert.equal(symbol, `TST-${issued.hash.slice(0, 3)}`);
    assert.equal(JSON.parse(issued.data ?? '').symbol, symbol);
    assert.equal((await held(dave, symbol))[0], '1000.00000000');
    await accepted(dave.tokens.mint(daves, symbol, 500));
    assert.equal((await held(dave, symbol))[0], '1500.00000000');
    await accepted(dave.tokens.burn(daves, symbol, 0.25));
    assert.equal((await held(dave, symbol))[0], '1499.75000000');
  });

  test('freeze sets coins aside, unfreeze gives them back', async () => {
    const { dave, daves, accepted } = session;
    await accepted(dave.tokens.freeze(daves, 'RUNE-67C', 10));
    assert.deepEqual(await held(dave, 'RUNE-67C'), ['999990.00000000', '0.00000000', '10.00000000']);
    await accepted(dave.tokens.unfreeze(daves, 'RUNE-67C', 4));
    assert.deepEqual(await held(dave, 'RUNE-67C'), ['999994.00000000', '0.00000000', '6.00000000']);
  });

  test('list opens a market for an issued token, in which it is traded at once', async () => {
    const { dave, daves, accepted } = session;
    const symbol = symbolOf(await accepted(dave.tokens.issue(daves, 'Test Coin', 'TST', 1_000)));
    await accepted(dave.list(daves, 1, symbol, 'BNB', 0.5));
    const market = told(await dave.getMarkets()).result.find(({ base_asset_symbol: base }) => base === symbol);
    assert.deepEqual([market?.quote_asset_symbol, market?.list_price], ['BNB', '0.50000000']);
    await accepted(dave.placeOrder(daves, `${symbol}_BNB`, 2, 0.5, 10));
    assert.deepEqual(told(await dave.getDepth(`${symbol}_BNB`)).result.asks, [['0.50000000', '10.00000000']]);
  });

  test.each(['issueMiniToken', 'issueTinyToken'] as const)(
    '%s makes a small token, and listMiniToken opens a market for it',
    async (issue) => {
      const { dave, daves, accepted } = session;
      const issued = await accepted(
        dave.tokens[issue](daves, 'Small Coin', 'SML', 5_000, true, 'http://127.0.0.1/sml'),
      );
      const symbol = symbolOf(issued);
      assert.equal(symbol, `SML-${issued.hash.slice(0, 3)}M`);
      assert.equal((await held(dave, symbol))[0], '5000.00000000');
      await accepted(dave.listMiniToken({ from: daves, baseAsset: symbol, quoteAsset: 'BNB', initPrice: 0.1 }));
      await accepted(dave.placeOrder(daves, `${symbol}_BNB`, 2, 0.1, 10));
      assert.equal(told(await dave.getOpenOrders()).result.order[0]?.symbol, `${symbol}_BNB`);
    },
  );
});

describe('what is asked', () => {
  test('getAccount and getBalance tell of any account, and of an unknown one nothing', async () => {
    const { dave, daves, erins, market } = session;
    const account = (await dave.getAccount(erins))?.result;
    assert.deepEqual([account?.address, account?.sequence], [erins, 0]);
    assert.equal(account?.account_number, market.node.state.accounts.get(erins)?.number);
    assert.deepEqual(await dave.getBalance(), await dave.getBalance(daves));
    assert.deepEqual(
      (await dave.getBalance()).map(({ symbol }) => symbol),
      [...(market.node.state.accounts.get(daves)?.balances.keys() ?? [])].sort(),
    );
    const { address } = dave.createAccount();
    assert.equal(await dave.getAccount(address), null);
    assert.deepEqual(await dave.getBalance(address), []);
  });

  test('getMarkets tells the pairs, page by page', async () => {
    const { dave } = session;
    const all = told(await dave.getMarkets()).result;
    assert.ok(all.some(({ base_asset_symbol: base, quote_asset_symbol: quote }) => `${base}_${quote}` === PAIR));
    assert.deepEqual(told(await dave.getMarkets(2, 1)).result, all.slice(1, 3));
  });

  test('getTx tells a transaction once it is in a block', async () => {
    const { dave, daves, erins, market } = session;
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const [{ hash }] = (await dave.transfer(daves, erins, 1, 'BNB')).result;
    assert.deepEqual(await dave.getTx(hash), []);
    assert.equal(warn.mock.calls.length, 1);
    warn.mockRestore();
    await market.advance();
    const { height, ok, code, log } = told(await dave.getTx(hash)).result;
    assert.deepEqual([height, ok, code, log], ['1', true, 0, 'Msg 0: ']);
  });

  test('getTransactions and getTxs tell what an account has done, the newest first', async () => {
    const { dave, daves, erins, accepted, market } = session;
    const order = await accepted(dave.placeOrder(daves, PAIR, 1, 6, 1));
    const transfer = await accepted(dave.transfer(daves, erins, 1.5, 'BNB', 'hello'));
    const { total, tx } = told(await dave.getTransactions(daves)).result;
    assert.equal(total, 2);
    assert.deepEqual(
      tx.map(({ txHash, txType, value }) => [txHash, txType, value]),
      [
        [transfer.hash, 'TRANSFER', '1.50000000'],
        [order.hash, 'NEW_ORDER', '1.00000000'],
      ],
    );
    assert.equal(told(await dave.getTransactions(daves, 1)).result.tx[0]?.txHash, order.hash);
    const now = market.clock.now();
    const { txs } = told(await dave.getTxs(daves, now - 7 * 24 * 3_600_000, now)).result;
    assert.deepEqual(
      txs.map(({ hash, type, amount, fee }) => [hash, type, amount, fee]),
      [
        [transfer.hash, 'TRANSFER', 150_000_000, 7_500],
        [order.hash, 'NEW_ORDER', 100_000_000, 0],
      ],
    );
    assert.deepEqual(told(await dave.getTxs(erins, now - 1_000, now)).result.txs, txs.slice(0, 1));
  });
});

describe('refusals', () => {
  /** The SDK throws the node's text, with its code, and nothing has happened. */
  const refused = async (sent: Promise<unknown>, code: number, message: RegExp): Promise<void> => {
    const before = session.market.node.stateHash();
    await assert.rejects(sent, (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, message);
      assert.equal('code' in error && error.code, code);
      return true;
    });
    assert.equal(session.market.node.stateHash(), before);
  };

  test.each<[what: string, code: number, message: RegExp, call: (session: Session) => Promise<unknown>]>([
    [
      'an order for more than one has',
      393_617,
      /do not have enough token to lock/,
      ({ dave, daves }) => dave.placeOrder(daves, PAIR, 1, 6, 100_000),
    ],
    [
      'cancelling an order that is not there',
      393_621,
      /Failed to find order \[[\dA-F]{40}-99\]/,
      ({ dave, daves, market }) => dave.cancelOrder(daves, PAIR, `${market.node.state.accounts.get(daves)?.hex}-99`),
    ],
    [
      'unfreezing more than is frozen',
      65_546,
      /do not have enough token to unfreez/,
      ({ dave, daves }) => dave.tokens.unfreeze(daves, 'RUNE-67C', 1),
    ],
    [
      'freezing more than one has',
      65_546,
      /do not have enough token to freeze/,
      ({ dave, daves }) => dave.tokens.freeze(daves, 'RUNE-67C', 10_000_000),
    ],
    [
      'sending more than one has',
      65_546,
      / < 1000000000000BNB$/,
      ({ dave, daves, erins }) => dave.transfer(daves, erins, 10_000, 'BNB'),
    ],
    [
      'a wrong sequence',
      65_539,
      /^Invalid sequence\. Got 5, expected 0$/,
      ({ dave, daves, erins }) => dave.transfer(daves, erins, 1, 'BNB', '', 5),
    ],
    [
      'minting the token of somebody else',
      65_540,
      /^only the owner can mint token RUNE-67C$/,
      ({ erin, erins }) => erin.tokens.mint(erins, 'RUNE-67C', 1),
    ],
    [
      'a price off the tick',
      393_617,
      /^price\(\d+\) is not rounded to tickSize\(\d+\)$/,
      ({ dave, daves }) => dave.placeOrder(daves, PAIR, 1, 6.00000001, 1),
    ],
    [
      'a signature for another chain',
      65_540,
      /^signature verification failed$/,
      ({ dave, daves, erins }) => {
        dave.chainId = 'Binance-Chain-Tigris';
        return dave.transfer(daves, erins, 1, 'BNB');
      },
    ],
    [
      'what this chain has not, account flags',
      65_538,
      /^tx parse error$/,
      ({ dave, daves }) => dave.setAccountFlags(daves, 1),
    ],
    [
      'what this chain has not, the URI of a mini token',
      65_538,
      /^tx parse error$/,
      ({ dave, daves }) => dave.tokens.setTokenUri({ fromAddress: daves, symbol: 'XYZ-12AM', tokenUri: 'http://x' }),
    ],
    [
      'bytes that are no transaction',
      65_538,
      /^tx parse error$/,
      ({ dave }) => dave.sendRawTransaction('c601f0625dee'),
    ],
  ])('%s is refused with code %i', async (_, code, message, call) => {
    await refused(call(session), code, message);
  });

  test('one who cannot pay the fee is told what he has', async () => {
    const { dave, daves, erins, accepted, market } = session;
    const { privateKey, address } = dave.createAccount();
    await accepted(dave.transfer(daves, address, 0.00007, 'BNB'));
    const poor = await signIn(market.node, privateKey);
    await refused(
      poor.transfer(address, erins, 0.00001, 'BNB'),
      65_541,
      /^insufficient fund\. you got 7000BNB, but 7500/,
    );
  });

  test('an unknown account cannot sign in, and what it signs by itself is refused by its address', async () => {
    const { dave, erins, market } = session;
    const { privateKey, address } = dave.createAccount();
    await assert.rejects(
      signIn(market.node, privateKey),
      new RegExp(
        `^Error: unable to query the address on the blockchain\\. try sending it some funds first: ${address}$`,
      ),
    );
    const offline = new BncClient(serverOf(market.node));
    await offline.initChain();
    await offline.setPrivateKey(privateKey, true);
    offline.setAccountNumber(1);
    await refused(offline.transfer(address, erins, 1, 'BNB', '', 0), 65_545, new RegExp(address));
  });

  test('after a refusal the next transaction is taken', async () => {
    const { dave, daves, accepted } = session;
    await refused(dave.placeOrder(daves, PAIR, 1, 6, 100_000), 393_617, /to lock/);
    await accepted(dave.placeOrder(daves, PAIR, 1, 6, 1));
  });
});

describe('when the answer comes', () => {
  let clock: VirtualClock;
  let node: Node;
  let dave: BncClient;
  let daves: string;
  beforeEach(async () => {
    clock = new VirtualClock();
    node = await startNode({ port: 0, traders: false, clock });
    const [key] = node.idleAccounts;
    assert.ok(key);
    daves = key.address;
    dave = await signIn(node, key.privateKey);
  });
  afterEach(() => node.close());

  const sequence = (): number => node.state.accounts.get(daves)?.sequence ?? 0;

  test('in time that goes by, the answer comes when the transaction is in a block', async () => {
    let answered = false;
    const sent = dave.transfer(daves, session.erins, 1, 'BNB').then((reply) => {
      answered = true;
      return reply;
    });
    while (sequence() === 0) await settled();
    // What is asked later is answered, twice over; by then an answer that does not wait would be here.
    for (const _ of [1, 2]) assert.equal((await dave.getAccount())?.result.sequence, 1);
    assert.equal(answered, false);
    clock.advance(400);
    const [{ hash }] = (await sent).result;
    assert.equal(told(await dave.getTx(hash)).result.ok, true);
  });

  test('with useAsyncBroadcast a raw transaction is answered before its block', async () => {
    let raw = '';
    dave.setBroadcastDelegate(async (signed) => {
      raw = signed.serialize();
    });
    await dave.transfer(daves, session.erins, 1, 'BNB');
    dave.useDefaultBroadcastDelegate().useAsyncBroadcast();
    const [{ hash, ok }] = (await dave.sendRawTransaction(raw)).result;
    assert.equal(ok, true);
    assert.equal((await dave.getAccount())?.result.sequence, 1);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    assert.deepEqual(await dave.getTx(hash), []);
    warn.mockRestore();
    clock.advance(400);
    assert.equal(told(await dave.getTx(hash)).result.ok, true);
  });
});
