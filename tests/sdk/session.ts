/**
 * People who trade by the official SDK on a node of the test's own.
 * In: a running node, a key of one of its accounts. Out: the SDK's client, as its documentation sets it up.
 */
import assert from 'node:assert/strict';
import type { Node } from '@dexwire/node';
import { startTestDex, type TestDex } from '@dexwire/node/testing';
import { connect } from 'dexwire';
import { BncClient, type Outcome } from './officialSdk.ts';

/** Of the node, as the SDK is told it: without a path. */
export const serverOf = (node: Node): string => new URL(node.rest).origin;

export const signIn = async (node: Node, privateKey: string, server = serverOf(node)): Promise<BncClient> => {
  const client = new BncClient(server);
  client.chooseNetwork('testnet');
  await client.initChain();
  return client.setPrivateKey(privateKey);
};

/** Dave and Erin, for whom nobody else acts, each with a client of the SDK. Time stands still but for `accepted`. */
export interface Session {
  readonly market: TestDex<ReturnType<typeof connect>>;
  readonly dave: BncClient;
  readonly erin: BncClient;
  /** Addresses. */
  readonly daves: string;
  readonly erins: string;
  /** Of a transaction that the node has taken, and that is in a block by now. */
  accepted(sent: Promise<{ readonly result: readonly [Outcome]; readonly status: number }>): Promise<Outcome>;
}

export const startSession = async (): Promise<Session> => {
  const market = await startTestDex(connect);
  const { node } = market;
  const [dave, erin] = node.idleAccounts;
  assert.ok(dave && erin);
  return {
    market,
    dave: await signIn(node, dave.privateKey),
    erin: await signIn(node, erin.privateKey),
    daves: dave.address,
    erins: erin.address,
    accepted: async (sent) => {
      const { result, status } = await sent;
      assert.equal(status, 200);
      assert.equal(result.length, 1);
      const [outcome] = result;
      assert.deepEqual([outcome.ok, outcome.code], [true, 0]);
      assert.match(outcome.hash, /^[\dA-F]{64}$/);
      await market.advance();
      return outcome;
    },
  };
};

type Held = readonly [free: string, locked: string, frozen: string];

/** What somebody holds of an asset, as the SDK tells it. */
export const held = async (client: BncClient, asset: string, address?: string): Promise<Held> => {
  const balance = (await client.getBalance(address)).find(({ symbol }) => symbol === asset);
  const none = '0.00000000';
  return balance ? [balance.free, balance.locked, balance.frozen] : [none, none, none];
};
