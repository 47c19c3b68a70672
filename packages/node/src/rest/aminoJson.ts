/**
 * Transactions in the JSON of the chain's own encoder: names of types as registered, every int64 as text.
 * In: a transaction. Out: what stands in `tx` of a reply (documented by one example; members by the binary form, reference).
 */
import type { CoinUnits, Message, Transaction, TransferSide } from '@dexwire/protocol/transactions';

const coins = (list: readonly CoinUnits[]): object[] =>
  list.map(({ asset, amount }) => ({ denom: asset, amount: String(amount) }));

const sides = (list: readonly TransferSide[]): object[] =>
  list.map((side) => ({ address: side.address, coins: coins(side.coins) }));

const CHANGES = {
  mint: 'tokens/MintMsg',
  burn: 'tokens/BurnMsg',
  freeze: 'tokens/FreezeMsg',
  unfreeze: 'tokens/UnfreezeMsg',
} as const;

const typed = (type: string, value: object | string): object => ({ type, value });

const messageJson = (message: Message): object => {
  switch (message.type) {
    case 'send':
      return typed('cosmos-sdk/Send', { inputs: sides(message.inputs), outputs: sides(message.outputs) });
    case 'newOrder':
      return typed('dex/NewOrder', {
        sender: message.sender,
        id: message.id,
        symbol: message.symbol,
        ordertype: message.orderType,
        side: message.side,
        price: String(message.price),
        quantity: String(message.quantity),
        timeinforce: message.timeInForce,
      });
    case 'cancelOrder':
      return typed('dex/CancelOrder', { sender: message.sender, symbol: message.symbol, refid: message.refId });
    case 'issue':
    case 'issueMini':
    case 'issueTiny': {
      const token = {
        from: message.from,
        name: message.name,
        symbol: message.symbol,
        total_supply: String(message.totalSupply),
        mintable: message.mintable,
      };
      if (message.type === 'issue') return typed('tokens/IssueMsg', token);
      const type = message.type === 'issueMini' ? 'tokens/IssueMiniMsg' : 'tokens/IssueTinyMsg';
      return typed(type, { ...token, token_uri: message.tokenUri });
    }
    case 'list':
    case 'listMini': {
      const pair = {
        base_asset_symbol: message.baseAsset,
        quote_asset_symbol: message.quoteAsset,
        init_price: String(message.initPrice),
      };
      if (message.type === 'listMini') return typed('dex/ListMiniMsg', { from: message.from, ...pair });
      return typed('dex/ListMsg', { from: message.from, proposal_id: String(message.proposalId), ...pair });
    }
    default: {
      const { from, symbol, amount } = message;
      return typed(CHANGES[message.type], { from, symbol, amount: String(amount) });
    }
  }
};

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * The whole transaction.
 *
 * @param accountNumber - Of the signer. What was taken in without a signature has none, nor a key.
 */
export const transactionJson = (transaction: Transaction, accountNumber: number): object => {
  const { memo, message, sequence, signature, source } = transaction;
  const publicKey = signature?.publicKey;
  return typed('auth/StdTx', {
    data: null,
    memo,
    msg: [messageJson(message)],
    signatures: [
      {
        account_number: String(accountNumber),
        pub_key: publicKey === undefined ? null : typed('tendermint/PubKeySecp256k1', base64(publicKey)),
        sequence: String(sequence),
        signature: signature === undefined ? null : base64(signature.signature),
      },
    ],
    source: String(source),
  });
};
