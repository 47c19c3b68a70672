/**
 * The chain itself over REST: time, node, peers, fees, tokens.
 * In: the view. Out: bodies in the recorded shapes (spec §10).
 */
import { decodeAddress, toJson } from '@dexwire/protocol';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { millisecondsOf } from '../chain/blockTime.ts';
import type { FeeTable, Token } from '../chain/state.ts';
import { MULTI_SEND_FROM } from '../entry/messageFee.ts';
import { unitsText } from '../unitsText.ts';
import { type Answer, bySymbol, dateTime } from './answer.ts';
import { USUAL_ROWS } from './parameters.ts';
import type { RestView } from './restView.ts';

export const time: Answer = (view) => ({
  block_time: dateTime(millisecondsOf(view.latest.time), 0),
  ap_time: dateTime(view.now(), 0),
});

/** Nanoseconds with as many digits as they need, as Go writes them (recorded: nine). */
const blockTime = (time: bigint): string => {
  const fraction = String(time % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const seconds = dateTime(millisecondsOf(time), 0).slice(0, -1);
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
};

/** Nobody signs blocks here, so a validator has no key; clients that read one get these bytes (assumed). */
const keyOf = (address: Uint8Array): number[] => [...sha256(address)];

const encoder = new TextEncoder();

/** The node's own id in its network: of no use, but expected (assumed). */
const nodeId = (chainId: string): string => bytesToHex(sha256(encoder.encode(chainId))).slice(0, 40);

export const nodeInfo: Answer = ({ state, latest, version }, { origin }) => {
  const proposer = decodeAddress(state.proposer).bytes;
  return {
    node_info: {
      protocol_version: { p2p: 7, block: 10, app: 0 },
      id: nodeId(state.chainId),
      listen_addr: new URL(origin).host,
      network: state.chainId,
      version,
      channels: '',
      moniker: 'dexwire',
      other: {
        amino_version: '',
        p2p_version: '',
        consensus_version: '',
        rpc_version: '',
        tx_index: 'on',
        rpc_address: '',
      },
    },
    sync_info: {
      latest_block_hash: latest.hash,
      latest_app_hash: latest.appHash,
      latest_block_height: latest.height,
      latest_block_time: blockTime(latest.time),
      catching_up: false,
    },
    validator_info: {
      address: bytesToHex(proposer).toUpperCase(),
      pub_key: keyOf(proposer),
      voting_power: 100_000_000_000,
    },
  };
};

/** One gateway: the one that was asked. */
export const peers: Answer = ({ version }, { origin }) => [
  {
    accelerated: true,
    access_addr: origin,
    capabilities: ['qs', 'ap', 'ws'],
    id: 'gateway-ingress',
    listen_addr: origin,
    moniker: 'gateway-ingress',
    network: 'gateway',
    stream_addr: origin.replace(/^http/, 'ws'),
    version,
  },
];

/** Who gets a fee: the proposer, all validators; 3 stands for free (recorded). */
const PROPOSER = 1;
const ALL = 2;
const FREE = 3;

const fixedFee = (type: string, fee: bigint, payee: number): object => ({
  fee,
  msg_type: type,
  fee_for: fee === 0n ? FREE : payee,
});

const feeList = (fees: FeeTable): object[] => [
  fixedFee('dexList', fees.list, ALL),
  fixedFee('orderNew', 0n, FREE),
  fixedFee('orderCancel', 0n, FREE),
  fixedFee('issueMsg', fees.issue, ALL),
  fixedFee('mintMsg', fees.mint, ALL),
  fixedFee('tokensBurn', fees.burn, PROPOSER),
  fixedFee('tokensFreeze', fees.freeze, PROPOSER),
  {
    multi_transfer_fee: fees.multiSend,
    lower_limit_as_multi: MULTI_SEND_FROM,
    fixed_fee_params: fixedFee('send', fees.send, PROPOSER),
  },
  {
    dex_fee_fields: [
      { fee_name: 'ExpireFee', fee_value: fees.expireFee },
      { fee_name: 'ExpireFeeNative', fee_value: fees.expireFeeNative },
      { fee_name: 'CancelFee', fee_value: fees.cancelFee },
      { fee_name: 'CancelFeeNative', fee_value: fees.cancelFeeNative },
      { fee_name: 'FeeRate', fee_value: fees.feeRate },
      { fee_name: 'FeeRateNative', fee_value: fees.feeRateNative },
      { fee_name: 'IOCExpireFee', fee_value: fees.iocExpireFee },
      { fee_name: 'IOCExpireFeeNative', fee_value: fees.iocExpireFeeNative },
    ],
  },
  fixedFee('tinyIssueMsg', fees.issueTiny, ALL),
  fixedFee('miniIssueMsg', fees.issueMini, ALL),
  fixedFee('dexListMini', fees.listMini, ALL),
];

/** Units of 1e-8 BNB as numbers with all their digits, rates per million (recorded). */
export const fees: Answer = ({ state }) => toJson(feeList(state.fees));

const tokenList =
  (isWanted: (token: Token) => boolean, more: (token: Token) => object): Answer =>
  ({ state }: RestView, { parameters }) => {
    const { limit, offset } = parameters.page(USUAL_ROWS);
    return [...state.tokens.values()]
      .filter(isWanted)
      .sort(bySymbol)
      .slice(offset, offset + limit)
      .map((token) => ({
        name: token.name,
        symbol: token.symbol,
        original_symbol: token.originalSymbol,
        total_supply: unitsText(token.totalSupply),
        owner: token.owner,
        mintable: token.mintable,
        ...more(token),
      }));
  };

export const tokens: Answer = tokenList(
  ({ kind }) => kind === 'bep2',
  () => ({}),
);

/** `token_type`: 1 mini, 2 tiny (assumed; the documentation names the member). */
export const miniTokens: Answer = tokenList(
  ({ kind }) => kind !== 'bep2',
  ({ kind, tokenUri }) => ({ token_type: kind === 'mini' ? 1 : 2, token_uri: tokenUri }),
);
