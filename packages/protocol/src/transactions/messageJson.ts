/**
 * Messages as plain JSON, for people and programs that write them by hand: scenario files, the node's JSON entry, tests.
 * In: JSON, or a message. Out: the other; a `MessageError` with its place for what is no message. This form is ours.
 *
 * Prices, quantities and amounts are decimal text in whole coins (`"0.05"`), sides and times in force are words.
 * All members of a type are required, but `timeInForce` (GTE unless told otherwise) and `id` of an order.
 */
import { MessageError } from '../errors.ts';
import { formatOrderId } from '../orderId.ts';
import type { CoinUnits, Message, NewOrder, Send, TransferSide } from './message.ts';
import { MAX_UNITS, StrictJson } from './strictJson.ts';

/** A message in JSON. */
export interface MessageJson {
  readonly type: Message['type'];
  readonly [member: string]: unknown;
}

const json: StrictJson = new StrictJson((path, problem) => new MessageError(path, problem));

const TYPES = [
  'newOrder',
  'cancelOrder',
  'send',
  'issue',
  'issueMini',
  'issueTiny',
  'mint',
  'burn',
  'freeze',
  'unfreeze',
  'list',
  'listMini',
] as const satisfies readonly Message['type'][];

/** The only order type there is, limit (reference). */
const LIMIT = 2;
/** The chain's numbers (reference). */
const SIDES = { buy: 1, sell: 2 } as const;
const TIMES_IN_FORCE = { GTE: 1, IOC: 3 } as const;

const ORDER = ['type', 'sender', 'symbol', 'side', 'price', 'quantity'] as const;
const ISSUE = ['type', 'from', 'name', 'symbol', 'totalSupply', 'mintable'] as const;
const LIST = ['type', 'from', 'baseAsset', 'quoteAsset', 'initPrice'] as const;

const readCoins = (value: unknown, path: string): CoinUnits[] =>
  json.list(value, path, 1).map((item, index) => {
    const place = `${path}[${index}]`;
    const coin = json.members(item, place, ['asset', 'amount']);
    return { asset: json.text(coin.asset, `${place}.asset`), amount: json.units(coin.amount, `${place}.amount`) };
  });

const readSides = (value: unknown, path: string): TransferSide[] =>
  json.list(value, path, 1).map((item, index) => {
    const place = `${path}[${index}]`;
    const side = json.members(item, place, ['address', 'coins']);
    return {
      address: json.address(side.address, `${place}.address`),
      coins: readCoins(side.coins, `${place}.coins`),
    };
  });

/** One sender and what each receiver gets: coins in the chain's order, and one input with their sum. */
const sendOf = (from: string, to: readonly TransferSide[]): Send => {
  const sums = new Map<string, bigint>();
  const outputs = to.map(({ address, coins }, receiver) => {
    const sorted = [...coins].sort((a, b) => (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0));
    sorted.forEach(({ asset, amount }, index) => {
      if (sorted[index - 1]?.asset === asset)
        throw new MessageError(
          `to[${receiver}].coins`,
          `found ${JSON.stringify(asset.slice(0, 80))} twice, expected once`,
        );
      sums.set(asset, (sums.get(asset) ?? 0n) + amount);
    });
    return { address, coins: sorted };
  });
  const coins = [...sums].map(([asset, amount]) => ({ asset, amount })).sort((a, b) => (a.asset < b.asset ? -1 : 1));
  if (coins.some(({ amount }) => amount > MAX_UNITS))
    throw new MessageError('to', `found amounts that add up to more than ${MAX_UNITS} units, expected less`);
  return { type: 'send', inputs: [{ address: from, coins }], outputs };
};

const readSend = (value: unknown): Send => {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'inputs')) {
    const send = json.members(value, '', ['type', 'inputs', 'outputs']);
    return { type: 'send', inputs: readSides(send.inputs, 'inputs'), outputs: readSides(send.outputs, 'outputs') };
  }
  const send = json.members(value, '', ['type', 'from', 'to']);
  return sendOf(json.address(send.from, 'from'), readSides(send.to, 'to'));
};

const readOrder = (value: unknown): NewOrder => {
  const order = json.members(value, '', ORDER, ['timeInForce', 'id']);
  const side = json.word(order.side, 'side', ['buy', 'sell']);
  const timeInForce =
    order.timeInForce === undefined ? 'GTE' : json.word(order.timeInForce, 'timeInForce', ['GTE', 'IOC']);
  return {
    type: 'newOrder',
    sender: json.address(order.sender, 'sender'),
    id: order.id === undefined ? '' : json.text(order.id, 'id'),
    symbol: json.text(order.symbol, 'symbol'),
    orderType: LIMIT,
    side: SIDES[side],
    price: json.units(order.price, 'price'),
    quantity: json.units(order.quantity, 'quantity'),
    timeInForce: TIMES_IN_FORCE[timeInForce],
  };
};

/**
 * The message that a JSON value is.
 *
 * `{ type: 'send' }` has `from` and `to` (`[{ address, coins: [{ asset, amount }] }]`, coins in any order), or `inputs`
 * and `outputs` as the chain has them. An order without `id` has an empty one: `withOrderId` fills it in.
 *
 * @param value - As `JSON.parse` gives it.
 * @throws MessageError `MESSAGE_INVALID`.
 */
export const parseMessage = (value: unknown): Message => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) json.refuse('', value, 'an object');
  if (!Object.hasOwn(value, 'type'))
    throw new MessageError('type', `missing, expected ${TYPES.map((word) => JSON.stringify(word)).join(' or ')}`);
  const type = json.word(Reflect.get(value, 'type'), 'type', TYPES);
  switch (type) {
    case 'newOrder':
      return readOrder(value);
    case 'cancelOrder': {
      const { sender, symbol, refId } = json.members(value, '', ['type', 'sender', 'symbol', 'refId']);
      return {
        type,
        sender: json.address(sender, 'sender'),
        symbol: json.text(symbol, 'symbol'),
        refId: json.text(refId, 'refId'),
      };
    }
    case 'send':
      return readSend(value);
    case 'issue':
    case 'issueMini':
    case 'issueTiny': {
      const issue = json.members(value, '', ISSUE, ['tokenUri']);
      const token = {
        from: json.address(issue.from, 'from'),
        name: json.text(issue.name, 'name'),
        symbol: json.text(issue.symbol, 'symbol'),
        totalSupply: json.units(issue.totalSupply, 'totalSupply'),
        mintable: json.flag(issue.mintable, 'mintable'),
      };
      if (type !== 'issue') return { type, ...token, tokenUri: json.text(issue.tokenUri, 'tokenUri') };
      if (issue.tokenUri !== undefined) json.members(value, '', ISSUE);
      return { type, ...token };
    }
    case 'mint':
    case 'burn':
    case 'freeze':
    case 'unfreeze': {
      const change = json.members(value, '', ['type', 'from', 'symbol', 'amount']);
      return {
        type,
        from: json.address(change.from, 'from'),
        symbol: json.text(change.symbol, 'symbol'),
        amount: json.units(change.amount, 'amount'),
      };
    }
    default: {
      const list = json.members(value, '', type === 'list' ? [...LIST, 'proposalId'] : LIST);
      const pair = {
        from: json.address(list.from, 'from'),
        baseAsset: json.text(list.baseAsset, 'baseAsset'),
        quoteAsset: json.text(list.quoteAsset, 'quoteAsset'),
        initPrice: json.units(list.initPrice, 'initPrice'),
      };
      if (type === 'listMini') return { type, ...pair };
      return { type, ...pair, proposalId: BigInt(json.whole(Reflect.get(list, 'proposalId'), 'proposalId', 0)) };
    }
  }
};

const wordOf = <Word extends string>(words: Readonly<Record<Word, number>>, code: number, path: string): string => {
  const entry = Object.entries(words).find(([, number]) => number === code);
  return entry?.[0] ?? json.refuse(path, code, Object.values(words).join(' or '));
};

const coinsJson = (coins: readonly CoinUnits[], path: string): object[] =>
  coins.map(({ asset, amount }, index) => ({ asset, amount: json.decimal(amount, `${path}[${index}].amount`) }));

const sidesJson = (sides: readonly TransferSide[], path: string): object[] =>
  sides.map(({ address, coins }, index) => ({ address, coins: coinsJson(coins, `${path}[${index}].coins`) }));

const sameCoins = (a: readonly CoinUnits[], b: readonly CoinUnits[] = []): boolean =>
  a.length === b.length &&
  a.every(({ asset, amount }, index) => asset === b[index]?.asset && amount === b[index].amount);

/** Whether the short form, `from` and `to`, says all of it. */
const isPlain = ({ inputs, outputs }: Send): boolean => {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) return false;
  try {
    const plain = sendOf(input.address, outputs);
    return (
      sameCoins(input.coins, plain.inputs[0]?.coins) &&
      outputs.every(({ coins }, index) => sameCoins(coins, plain.outputs[index]?.coins))
    );
  } catch (error) {
    if (error instanceof MessageError) return false;
    throw error;
  }
};

/** JSON has no larger whole numbers that are exact. */
const proposalNumber = (id: bigint): number =>
  id >= 0n && id <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(id)
    : json.refuse('proposalId', id, `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);

/**
 * The JSON of a message. `parseMessage` reads it back as it was.
 *
 * @throws MessageError `MESSAGE_INVALID` for a message that no JSON is for: an unknown side, a negative amount.
 */
export const formatMessage = (message: Message): MessageJson => {
  switch (message.type) {
    case 'newOrder': {
      const { type, sender, id, symbol, orderType, side, price, quantity, timeInForce } = message;
      if (orderType !== LIMIT) json.refuse('orderType', orderType, `${LIMIT}, limit`);
      return {
        type,
        sender,
        ...(id === '' ? {} : { id }),
        symbol,
        side: wordOf(SIDES, side, 'side'),
        price: json.decimal(price, 'price'),
        quantity: json.decimal(quantity, 'quantity'),
        timeInForce: wordOf(TIMES_IN_FORCE, timeInForce, 'timeInForce'),
      };
    }
    case 'cancelOrder':
      return { ...message };
    case 'send': {
      const { type, inputs, outputs } = message;
      if (isPlain(message)) return { type, from: inputs[0]?.address, to: sidesJson(outputs, 'to') };
      return { type, inputs: sidesJson(inputs, 'inputs'), outputs: sidesJson(outputs, 'outputs') };
    }
    case 'issue':
    case 'issueMini':
    case 'issueTiny':
      return { ...message, totalSupply: json.decimal(message.totalSupply, 'totalSupply') };
    case 'list':
      return {
        ...message,
        proposalId: proposalNumber(message.proposalId),
        initPrice: json.decimal(message.initPrice, 'initPrice'),
      };
    case 'listMini':
      return { ...message, initPrice: json.decimal(message.initPrice, 'initPrice') };
    default:
      return { ...message, amount: json.decimal(message.amount, 'amount') };
  }
};

/**
 * The message with the id that the chain asks for, if it is an order without one.
 *
 * @param sequence - Of its transaction: the id ends in the next one (reference).
 */
export const withOrderId = (message: Message, sequence: number): Message =>
  message.type === 'newOrder' && !message.id
    ? { ...message, id: formatOrderId(message.sender, sequence + 1) }
    : message;
