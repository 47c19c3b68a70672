/**
 * The verbs that sign: `order`, `cancel`, `send`.
 * In: what to do, a key. Out: what the block made of it, once it is in one.
 */
import { toJson } from '@dexwire/protocol';
import { type Dex, isDecimal, type OrderReport } from 'dexwire';
import { type OrderOutcome, type Wallet, WalletError, wallet } from 'dexwire/wallet';
import type { CancelVerbOptions } from '../commands/cancel.ts';
import type { OrderVerbOptions } from '../commands/order.ts';
import type { SendVerbOptions } from '../commands/send.ts';
import { dial } from '../dial.ts';
import { CliError, messageOf } from '../errors.ts';
import { listedSymbols, notListed } from '../listed.ts';
import type { SigningOptions } from '../options.ts';
import { outputTo } from '../terminal/output.ts';
import { type Paint, paintFor } from '../terminal/paint.ts';
import { plain } from '../terminal/plain.ts';
import { short } from '../watch/columns.ts';
import type { World } from '../world.ts';
import { readKey } from './key.ts';

interface Desk {
  readonly trader: Wallet;
  readonly call: { readonly signal: AbortSignal; readonly within: number };
  readonly paint: Paint;
  /** Lines for people, or the same as JSON. */
  say(lines: readonly string[], outcome: object): Promise<void>;
}

/** Runs something with a wallet, and closes all of it. @throws CliError; WalletError; the signal's reason. */
const trade = async (
  world: World,
  options: SigningOptions,
  symbol: string | undefined,
  work: (desk: Desk) => Promise<void>,
): Promise<void> => {
  const key = await readKey(world, options);
  const { line } = outputTo(world.stdout, world);
  const dex = dial(world, options);
  try {
    const trader = wallet(dex, key);
    await work({
      trader,
      call: { signal: world.signal, within: options.within },
      paint: paintFor(world),
      say: async (lines, outcome) => {
        await line(options.json ? toJson(outcome) : lines.join('\n')); // at once, for others may say something too
      },
    });
    await trader.close();
  } catch (error) {
    if (world.signal.aborted)
      world.stderr.write('dexwire: what was signed may have been sent: look what became of it before you send again\n');
    throw await reworded(error, dex, symbol);
  } finally {
    await dex.close();
  }
};

const decimalAs = (flag: string, text: string): string => {
  if (isDecimal(text)) return text;
  throw new CliError('USAGE', `${flag} is a decimal such as 12.5, not ${plain(text)}`);
};

/** The bottom of what went wrong, where `fetch` says no more than that it has failed. */
const reasonOf = (error: Error): string => {
  let bottom: unknown = error;
  while (bottom instanceof Error && bottom.cause instanceof Error) bottom = bottom.cause;
  const reason = messageOf(bottom);
  return reason === '' || error.message.includes(reason) ? '' : `: ${reason}`;
};

/** What the wallet says, in words of the command line. */
const reworded = async (error: unknown, dex: Dex, symbol: string | undefined): Promise<unknown> => {
  if (!(error instanceof WalletError)) return error;
  const { hint } = dex.network;
  if (error.code === 'UNREACHABLE')
    return new CliError('UNREACHABLE', `${error.message}${reasonOf(error)}${hint ? `; ${hint}` : ''}`, {
      cause: error,
    });
  if (!['INVALID', 'REFUSED'].includes(error.code)) return error;
  if (error.nearest)
    return new CliError('USAGE', `${error.message.replace(/, or pass .*/, '')}; or say --round`, { cause: error });
  const symbols = symbol === undefined ? [] : await listedSymbols(dex).catch(() => []);
  return symbol === undefined || !symbols.length || symbols.includes(symbol) ? error : notListed([symbol], symbols);
};

const STATUS_COLOR: Readonly<Record<string, 'green' | 'yellow' | 'red' | 'cyan'>> = {
  Ack: 'cyan',
  PartialFill: 'green',
  FullyFill: 'green',
  Canceled: 'yellow',
  IocExpire: 'yellow',
  IocNoFill: 'yellow',
};

const reportLine = (
  paint: Paint,
  { status, lastExecutedQuantity, lastExecutedPrice, tradeId }: OrderReport,
): string => {
  const fill =
    tradeId === '' ? '' : `  ${short(lastExecutedQuantity)} at ${short(lastExecutedPrice)}, trade ${tradeId}`;
  return `  ${paint[STATUS_COLOR[status] ?? 'red'](plain(status))}${fill}`;
};

const outcomeLines = (paint: Paint, { orderId, txHash, height, reports, order }: OrderOutcome): string[] => [
  `order ${paint.bold(orderId)}`,
  `  block ${height}, transaction ${txHash}`,
  ...reports.map((report) => reportLine(paint, report)),
  ...(reports.length
    ? []
    : [`  ${order ? plain(order.status) : 'its reports were missed, and REST does not remember it'}`]),
];

export const order = (world: World, side: 'buy' | 'sell', name: string, options: OrderVerbOptions): Promise<void> => {
  const price = decimalAs('--price', options.price);
  const quantity = decimalAs('--quantity', options.quantity);
  const symbol = name.toUpperCase();
  return trade(world, options, symbol, async ({ trader, call, paint, say }) => {
    const timeInForce = options.ioc ? 'IOC' : 'GTE';
    const round = options.round === true;
    const outcome = await trader.placeOrder({ symbol, side, price, quantity, timeInForce, round, ...call });
    await say(outcomeLines(paint, outcome), outcome);
  });
};

export const cancel = (
  world: World,
  name: string | undefined,
  ids: readonly string[],
  options: CancelVerbOptions,
): Promise<void> => {
  const symbol = name?.toUpperCase();
  if (options.all ? ids.length > 0 : symbol === undefined || ids.length === 0)
    throw new CliError(
      'USAGE',
      'say a symbol and the ids of orders: cancel BNB_BUSD-BD1 <id>; or cancel --all [symbol]',
    );
  return trade(world, options, symbol, async ({ trader, call, paint, say }) => {
    const orders = options.all
      ? await trader.openOrders({ ...(symbol !== undefined && { symbol }), ...call })
      : ids.map((orderId) => ({ symbol: symbol!, orderId }));
    if (!orders.length) await say(['nothing is open'], { canceled: 0 });
    // All at once, so that they may share a block; each is told as it ends, and the first failure is the verb's.
    const ended = await Promise.allSettled(
      orders.map(async (one) => {
        const outcome = await trader.cancelOrder({ symbol: one.symbol, orderId: one.orderId, ...call });
        await say(outcomeLines(paint, outcome), outcome);
      }),
    );
    const failures = ended.flatMap((one, place) =>
      one.status === 'rejected' ? [{ id: orders[place]!.orderId, reason: one.reason as unknown }] : [],
    );
    for (const { id, reason } of failures.slice(1))
      world.stderr.write(`dexwire: order ${plain(id)}: ${plain(messageOf(reason))}\n`);
    if (failures[0]) throw failures[0].reason;
  });
};

export const send = (
  world: World,
  to: string,
  amount: string,
  asset: string,
  options: SendVerbOptions,
): Promise<void> => {
  const checked = decimalAs('the amount', amount);
  return trade(world, options, undefined, async ({ trader, call, paint, say }) => {
    const { memo } = options;
    const transfer = await trader.send({ to, amount: checked, asset, ...(memo !== undefined && { memo }), ...call });
    const lines = [
      `sent ${paint.bold(`${short(checked)} ${plain(asset.toUpperCase())}`)} to ${plain(to)}`,
      `  block ${transfer.height}, transaction ${transfer.txHash}`,
    ];
    await say(lines, transfer);
  });
};
