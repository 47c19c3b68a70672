/**
 * The faucet: coins for new accounts, which cannot sign anything before they have some. This door is ours.
 * In: `POST /faucet` with an address. Out: a transfer from the account that genesis names for it.
 */
import { type Message, MessageError, parseMessage, StrictJson } from '@dexwire/protocol/transactions';
import type { Hono } from 'hono';
import { type EntryOptions, enterOne } from './entry.ts';
import { jsonDoor } from './jsonDoor.ts';
import { RestError } from './restError.ts';
import type { EntryView } from './restView.ts';

export const FAUCET_PATH = '/faucet';

const MAX_FAUCET_BYTES = 65_536;

/** What an address gets that asks for nothing else: enough for years of fees, and for an issue. */
const USUAL = [{ asset: 'BNB', amount: '100' }];

const json = new StrictJson((path, problem) => new RestError(400, path === '' ? problem : `${path}: ${problem}`));

export interface FaucetOptions extends EntryOptions {
  /** The address whose coins are given away; undefined: genesis names none. */
  readonly from: string | undefined;
}

const readSend = (from: string, address: unknown, coins: unknown): Message => {
  try {
    return parseMessage({ type: 'send', from, to: [{ address, coins }] });
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    // Whoever asked has written no `to`.
    throw new RestError(400, error.message.replace('at to[0].', 'at '));
  }
};

/** A body is `{"address":"tbnb1...","coins":[{"asset":"BNB","amount":"1.5"}]}`; without `coins` it is 100 BNB. */
export const faucetApp = (view: EntryView, { from, hosts = [], onFault }: FaucetOptions): Hono =>
  jsonDoor({
    path: FAUCET_PATH,
    maxBytes: MAX_FAUCET_BYTES,
    wanted: 'an object with an address',
    hosts,
    onFault,
    handle: (body) => {
      if (from === undefined)
        throw new RestError(404, 'there is no faucet: genesis has no account of the name "faucet", add one');
      const { address, coins = USUAL } = json.members(body, '', ['address'], ['coins']);
      return [enterOne(view, { message: readSend(from, address, coins), memo: '', source: 0, sequence: undefined })];
    },
  });
