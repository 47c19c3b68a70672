/**
 * Genesis: what the chain begins with, as plain JSON: accounts and what they hold, tokens, pairs, fees.
 * In: JSON. Out: a checked genesis, and the state before the first block; a `GenesisError` for what cannot be.
 *
 * Amounts and prices are decimal text in whole coins. What may be left out in JSON is filled in by `parseGenesis`.
 */
import { type Height, isAddress, type Nanoseconds } from '@dexwire/protocol';
import { StrictJson } from '@dexwire/protocol/transactions';
import { Accounts } from '../entry/accounts.ts';
import { SUPPLY_CAPS } from '../entry/tokenEntry.ts';
import { isMiniSymbol, miniSymbolFault, symbolFault } from '../entry/tokenSymbol.ts';
import { GenesisError } from '../errors.ts';
import { parseBlockTime } from './blockTime.ts';
import { devKey } from './devKeys.ts';
import { NATIVE } from './ledger.ts';
import { addPair, canList } from './listing.ts';
import { OpenOrders } from './openOrders.ts';
import type { FeeTable, State, Token, Upgrades } from './state.ts';

export interface GenesisToken {
  /** With suffix, upper case: `BTCB-1DE`, `XYZ-12AM`; `BNB` has none. */
  readonly symbol: string;
  readonly name: string;
  /** Address; in JSON the name of an account will do. */
  readonly owner: string;
  /** What all accounts hold together. In JSON it may be left out. */
  readonly totalSupply: string;
  /** False unless told otherwise. */
  readonly mintable: boolean;
  /** By the symbol, unless it is a tiny token. */
  readonly kind: Token['kind'];
  /** Empty unless told otherwise. */
  readonly tokenUri: string;
}

export interface GenesisAccount {
  /** For people; each once. */
  readonly name?: string;
  /** In JSON it may be left out of an account with a name: then it is that of the name's development key. */
  readonly address: string;
  /** Free amounts by asset. */
  readonly balances: Readonly<Record<string, string>>;
}

export interface GenesisPair {
  readonly base: string;
  readonly quote: string;
  readonly listPrice: string;
}

/** The two trade rates in parts per million, everything else in BNB. What is left out in JSON is as on mainnet in 2021. */
export type GenesisFees = Readonly<Record<FeeName, string>> & {
  readonly feeRateNative: number;
  readonly feeRate: number;
};

export interface Genesis {
  readonly chainId: string;
  /** Of all addresses: `bnb` or `tbnb`. */
  readonly prefix: string;
  /** Of the first block; 1 unless told otherwise. */
  readonly initialHeight: Height;
  /** Before the first block: `2021-03-21T00:00:00Z`, with up to nine decimals. That very moment unless told otherwise. */
  readonly time: string;
  /** `BNB` among them. */
  readonly tokens: readonly GenesisToken[];
  /** They get their numbers in this order, from 1. */
  readonly accounts: readonly GenesisAccount[];
  /** Listed in this order, by the rules of listing: a token's BNB pair first. */
  readonly pairs: readonly GenesisPair[];
  readonly fees: GenesisFees;
  /** All on unless told otherwise. */
  readonly upgrades: Upgrades;
  /** Symbol of the token through which prices against BNB may be found. */
  readonly busd?: string;
  /** Address; in JSON the name of an account will do, here and below. */
  readonly proposer: string;
  /** The proposer among them; it alone unless told otherwise. */
  readonly validators: readonly string[];
}

const NETWORKS = ['bnb', 'tbnb'] as const;

const FIRST_HEIGHT = 1;
export const DEFAULT_TIME = '2021-03-21T00:00:00Z';

const RATES = ['feeRateNative', 'feeRate'] as const;
type FeeName = Exclude<keyof FeeTable, (typeof RATES)[number]>;

/** Message fees: mainnet from 21 March 2021 on; the DEX's own: mainnet genesis (matching rules §11.1). */
export const DEFAULT_FEES: GenesisFees = {
  feeRateNative: 400,
  feeRate: 1_000,
  cancelFeeNative: '0.00010000',
  cancelFee: '0.00050000',
  expireFeeNative: '0.00010000',
  expireFee: '0.00050000',
  iocExpireFeeNative: '0.00005000',
  iocExpireFee: '0.00025000',
  send: '0.00007500',
  multiSend: '0.00006000',
  issue: '10.00000000',
  issueMini: '0.60000000',
  issueTiny: '0.40000000',
  mint: '0.00200000',
  burn: '0.00200000',
  freeze: '0.00100000',
  list: '200.00000000',
  listMini: '1.00000000',
};

const FEE_NAMES = Object.keys(DEFAULT_FEES).filter((name): name is FeeName => !RATES.some((rate) => rate === name));

const NAME = /^[\w.-]{1,32}$/;

/** A rate of more than all of it would take what is not there. */
const MOST_RATE = 1_000_000;

const json: StrictJson = new StrictJson((path, problem) => new GenesisError(path, problem));

const fault = (path: string, problem: string): GenesisError => new GenesisError(path, problem);

const readAccounts = (value: unknown, prefix: string): GenesisAccount[] => {
  const taken = new Set<string>();
  const claim = (text: string, path: string): void => {
    if (taken.has(text)) throw fault(path, `found ${JSON.stringify(text)} twice, expected each account once`);
    taken.add(text);
  };
  return json.list(value, 'accounts', 1).map((item, index) => {
    const path = `accounts[${index}]`;
    const { name, address, balances } = json.members(item, path, ['balances'], ['name', 'address']);
    if (name !== undefined && !NAME.test(json.text(name, `${path}.name`)))
      json.refuse(`${path}.name`, name, '1 to 32 letters, digits, dots, dashes or underscores');
    if (name === undefined && address === undefined)
      throw fault(path, 'found neither a name nor an address, expected one of them or both');
    const account: GenesisAccount = {
      ...(name === undefined ? {} : { name: json.text(name, `${path}.name`) }),
      address:
        address === undefined
          ? devKey(json.text(name, `${path}.name`), prefix).address
          : json.address(address, `${path}.address`, prefix),
      balances: Object.fromEntries(
        json.entries(balances, `${path}.balances`).map(([asset, amount]) => {
          const place = `${path}.balances.${asset}`;
          return [asset, json.decimal(json.units(amount, place), place)];
        }),
      ),
    };
    claim(account.address, `${path}.address`);
    if (account.name !== undefined) claim(account.name, `${path}.name`);
    return account;
  });
};

/** What all accounts hold together, by asset; units of 1e-8. */
const heldBy = (accounts: readonly GenesisAccount[]): Map<string, bigint> => {
  const held = new Map<string, bigint>();
  accounts.forEach(({ balances }, index) => {
    for (const [asset, amount] of Object.entries(balances))
      held.set(asset, (held.get(asset) ?? 0n) + json.units(amount, `accounts[${index}].balances.${asset}`));
  });
  return held;
};

const readToken = (
  item: unknown,
  path: string,
  held: ReadonlyMap<string, bigint>,
  ownerOf: (value: unknown, path: string) => string,
): GenesisToken => {
  const optional = ['totalSupply', 'mintable', 'kind', 'tokenUri'] as const;
  const token = json.members(item, path, ['symbol', 'name', 'owner'], optional);
  const symbol = json.text(token.symbol, `${path}.symbol`);
  const isMini = isMiniSymbol(symbol);
  const kinds = isMini ? (['mini', 'tiny'] as const) : (['bep2'] as const);
  const kind = token.kind === undefined ? kinds[0] : json.word<Token['kind']>(token.kind, `${path}.kind`, kinds);
  const form = isMini ? miniSymbolFault(symbol) : symbolFault(symbol);
  if (form !== undefined) json.refuse(`${path}.symbol`, symbol, `a symbol such as BNB, BTCB-1DE or XYZ-12AM: ${form}`);
  if (symbol !== symbol.toUpperCase()) json.refuse(`${path}.symbol`, symbol, symbol.toUpperCase());
  const sum = held.get(symbol) ?? 0n;
  if (sum > SUPPLY_CAPS[kind])
    throw fault(`${path}.symbol`, `accounts hold ${sum} units of ${symbol}, expected at most ${SUPPLY_CAPS[kind]}`);
  const supply = token.totalSupply === undefined ? sum : json.units(token.totalSupply, `${path}.totalSupply`);
  if (supply !== sum)
    json.refuse(
      `${path}.totalSupply`,
      token.totalSupply,
      `what all accounts hold, ${json.decimal(sum, path)}, or nothing`,
    );
  return {
    symbol,
    name: json.text(token.name, `${path}.name`),
    owner: ownerOf(token.owner, `${path}.owner`),
    totalSupply: json.decimal(supply, `${path}.totalSupply`),
    mintable: token.mintable === undefined ? false : json.flag(token.mintable, `${path}.mintable`),
    kind,
    tokenUri: token.tokenUri === undefined ? '' : json.text(token.tokenUri, `${path}.tokenUri`),
  };
};

const readPairs = (value: unknown, tokens: ReadonlySet<string>, busd: string | undefined): GenesisPair[] => {
  const pairs = new Map<string, GenesisPair>();
  json.list(value, 'pairs').forEach((item, index) => {
    const path = `pairs[${index}]`;
    const pair = json.members(item, path, ['base', 'quote', 'listPrice']);
    const [base, quote] = (['base', 'quote'] as const).map((side) => {
      const asset = json.text(pair[side], `${path}.${side}`);
      return tokens.has(asset) ? asset : json.refuse(`${path}.${side}`, asset, 'the symbol of one of the tokens');
    }) as [string, string];
    const listPrice = json.units(pair.listPrice, `${path}.listPrice`);
    if (listPrice === 0n) json.refuse(`${path}.listPrice`, pair.listPrice, 'a price above zero');
    const unlisted = canList({ pairs, busd }, base, quote);
    if (unlisted !== undefined)
      throw fault(path, `${unlisted}; pairs are listed in the order in which they stand here`);
    pairs.set(`${base}_${quote}`, { base, quote, listPrice: json.decimal(listPrice, `${path}.listPrice`) });
  });
  return [...pairs.values()];
};

const readFees = (value: unknown): GenesisFees => {
  const given = json.members(value, 'fees', [], [...RATES, ...FEE_NAMES]);
  const rate = (name: (typeof RATES)[number]): number => {
    if (given[name] === undefined) return DEFAULT_FEES[name];
    const found = json.whole(given[name], `fees.${name}`, 0);
    return found <= MOST_RATE ? found : json.refuse(`fees.${name}`, found, `at most ${MOST_RATE} parts per million`);
  };
  const amounts = FEE_NAMES.map((name) => {
    const path = `fees.${name}`;
    return [name, json.decimal(json.units(given[name] ?? DEFAULT_FEES[name], path), path)] as const;
  });
  return {
    ...DEFAULT_FEES,
    ...Object.fromEntries(amounts),
    feeRateNative: rate('feeRateNative'),
    feeRate: rate('feeRate'),
  };
};

const readUpgrades = (value: unknown): Upgrades => {
  const given = json.members(value, 'upgrades', [], ['lotSizeOptimization', 'priceBandExpiry']);
  const isOn = (name: keyof Upgrades): boolean =>
    given[name] === undefined ? true : json.flag(given[name], `upgrades.${name}`);
  return { lotSizeOptimization: isOn('lotSizeOptimization'), priceBandExpiry: isOn('priceBandExpiry') };
};

/**
 * The genesis that a JSON value is, with everything filled in that was left out.
 *
 * @param value - As `JSON.parse` gives it.
 * @throws GenesisError `GENESIS_INVALID`.
 */
export const parseGenesis = (value: unknown): Genesis => {
  const given = json.members(
    value,
    '',
    ['chainId', 'prefix', 'tokens', 'accounts', 'pairs', 'proposer'],
    ['initialHeight', 'time', 'fees', 'upgrades', 'busd', 'validators'],
  );
  const chainId = json.text(given.chainId, 'chainId');
  if (chainId === '' || chainId.length > 50) json.refuse('chainId', chainId, '1 to 50 characters');
  const prefix = json.word(given.prefix, 'prefix', NETWORKS);
  const time = given.time === undefined ? DEFAULT_TIME : json.text(given.time, 'time');
  if (parseBlockTime(time) === undefined) json.refuse('time', time, `a time in UTC such as ${DEFAULT_TIME}`);

  const accounts = readAccounts(given.accounts, prefix);
  const byName = new Map(accounts.flatMap(({ name, address }) => (name === undefined ? [] : [[name, address]])));
  const addressOf = (who: unknown, path: string): string => {
    const address = byName.get(json.text(who, path)) ?? who;
    if (!isAddress(address, prefix))
      json.refuse(path, who, `an address such as ${prefix}1..., or the name of an account`);
    return address.toLowerCase();
  };
  const held = heldBy(accounts);
  const symbols = new Set<string>();
  const tokens = json.list(given.tokens, 'tokens', 1).map((item, index) => {
    const token = readToken(item, `tokens[${index}]`, held, addressOf);
    if (symbols.has(token.symbol)) throw fault(`tokens[${index}].symbol`, `found ${token.symbol} twice, expected once`);
    symbols.add(token.symbol);
    return token;
  });
  if (!symbols.has(NATIVE)) throw fault('tokens', `found no ${NATIVE}, which pays the fees; expected it among them`);
  accounts.forEach(({ balances }, index) => {
    const unknown = Object.keys(balances).find((asset) => !symbols.has(asset));
    if (unknown !== undefined)
      throw fault(`accounts[${index}].balances.${unknown}`, 'no such token, expected it among the tokens');
  });
  const busd = given.busd === undefined ? undefined : json.text(given.busd, 'busd');
  if (busd !== undefined && (busd === NATIVE || !symbols.has(busd)))
    json.refuse('busd', busd, `the symbol of one of the tokens, not ${NATIVE}`);
  const proposer = addressOf(given.proposer, 'proposer');
  const validators =
    given.validators === undefined
      ? [proposer]
      : json.list(given.validators, 'validators').map((who, index) => addressOf(who, `validators[${index}]`));
  if (!validators.includes(proposer)) throw fault('validators', `the proposer, ${proposer}, is not among them`);
  if (new Set(validators).size < validators.length) throw fault('validators', 'found one twice, expected each once');
  return {
    chainId,
    prefix,
    initialHeight:
      given.initialHeight === undefined ? FIRST_HEIGHT : json.whole(given.initialHeight, 'initialHeight', 1),
    time,
    tokens,
    accounts,
    pairs: readPairs(given.pairs, symbols, busd),
    fees: readFees(given.fees ?? {}),
    upgrades: readUpgrades(given.upgrades ?? {}),
    ...(busd === undefined ? {} : { busd }),
    proposer,
    validators,
  };
};

/**
 * When the chain begins.
 *
 * @throws GenesisError `GENESIS_INVALID`.
 */
export const timeOfGenesis = ({ time }: Genesis): Nanoseconds =>
  parseBlockTime(time) ?? json.refuse('time', time, `a time in UTC such as ${DEFAULT_TIME}`);

const feeTableOf = ({ feeRateNative, feeRate, ...amounts }: GenesisFees): FeeTable => {
  const units = (name: FeeName): bigint => json.units(amounts[name], `fees.${name}`);
  return {
    feeRateNative: BigInt(feeRateNative),
    feeRate: BigInt(feeRate),
    cancelFeeNative: units('cancelFeeNative'),
    cancelFee: units('cancelFee'),
    expireFeeNative: units('expireFeeNative'),
    expireFee: units('expireFee'),
    iocExpireFeeNative: units('iocExpireFeeNative'),
    iocExpireFee: units('iocExpireFee'),
    send: units('send'),
    multiSend: units('multiSend'),
    issue: units('issue'),
    issueMini: units('issueMini'),
    issueTiny: units('issueTiny'),
    mint: units('mint'),
    burn: units('burn'),
    freeze: units('freeze'),
    list: units('list'),
    listMini: units('listMini'),
  };
};

/**
 * The state before the first block. Validators without an account get one, behind all others.
 *
 * @param genesis - Is checked once more, since it may not come from `parseGenesis`.
 * @throws GenesisError `GENESIS_INVALID`.
 */
export const stateOfGenesis = (genesis: Genesis): State => {
  const checked = parseGenesis(genesis);
  const { chainId, prefix, initialHeight, fees, upgrades, busd, proposer, validators } = checked;
  const accounts = new Accounts(prefix);
  for (const { address, balances } of checked.accounts) {
    const account = accounts.open(address);
    for (const [asset, amount] of Object.entries(balances))
      account.balance(asset).free = json.units(amount, `balances.${asset}`);
  }
  for (const address of validators) accounts.open(address);
  const tokens = checked.tokens.map(({ totalSupply, ...token }): [string, Token] => [
    token.symbol,
    {
      ...token,
      originalSymbol: token.symbol.replace(/-.*/, ''),
      totalSupply: json.units(totalSupply, `tokens.${token.symbol}`),
    },
  ]);
  const state: State = {
    chainId,
    height: initialHeight,
    accounts,
    tokens: new Map(tokens),
    pairs: new Map(),
    openOrders: new OpenOrders(),
    fees: feeTableOf(fees),
    upgrades,
    busd,
    breatheHeights: new Map(),
    proposer,
    validators,
  };
  for (const { base, quote, listPrice } of checked.pairs)
    addPair(state, { base, quote, listPrice: json.units(listPrice, `${base}_${quote}`) });
  return state;
};
