/**
 * DEX fees: of a fill, and the fixed ones of orders that leave without a fill (matching rules §11).
 * In: what an account received and paid, or what was unlocked; prices are the pairs' reference prices at that moment.
 * Out: the fee as text, taken from the account's free balance and noted in its ledger.
 */
import type { Account } from '../entry/accounts.ts';
import { type FillRun, type Ledger, NATIVE } from './ledger.ts';
import { MAX, MILLION, perMillion, SAFE_FOR_RATE, UNIT } from './notional.ts';
import type { Fills } from './runningBlock.ts';
import type { FeeTable, State } from './state.ts';

/** Why an order leaves without a fill. */
export type FixedFee = 'cancel' | 'expire' | 'iocExpire';

/** Of the fee table: the fee in BNB, and the BNB amount that is converted when the first cannot be paid. */
const fixedFees = (fees: FeeTable, event: FixedFee): readonly [native: bigint, converted: bigint] => {
  switch (event) {
    case 'cancel':
      return [fees.cancelFeeNative, fees.cancelFee];
    case 'expire':
      return [fees.expireFeeNative, fees.expireFee];
    case 'iocExpire':
      return [fees.iocExpireFeeNative, fees.iocExpireFee];
  }
};

/** What the fills of the run that is charged have paid in BNB. */
const taken = new BigInt64Array(1);

const atMost = (amount: bigint, limit: bigint): bigint => (amount < limit ? amount : limit);

export class Fees {
  readonly #state: State;
  #asset = NATIVE;

  constructor(state: State) {
    this.#state = state;
  }

  /** What the latest fee was paid in. */
  get asset(): string {
    return this.#asset;
  }

  /** Charges one fill (§11.3). @returns The fee in units of `asset`. */
  chargeFill(ledger: Ledger, received: string, amountIn: bigint, paid: string, amountOut: bigint): bigint {
    const { account } = ledger;
    const { feeRateNative, feeRate } = this.#state.fees;
    if (received === NATIVE) return this.#takeNative(ledger, perMillion(amountIn, feeRateNative));
    const value = paid === NATIVE ? amountOut : this.#nativeValue(received, amountIn, paid, amountOut);
    const fee = perMillion(value, feeRateNative);
    if (fee === 0n || fee > MAX || fee > account.freeNative) {
      return this.#take(ledger, received, perMillion(amountIn, feeRate));
    }
    return this.#takeNative(ledger, fee);
  }

  /**
   * Charges the fills of a run one after the other, as `chargeFill` does. Where BNB was received or paid, amounts go from
   * column to column, so that nothing is made for a fill.
   */
  chargeRun(
    ledger: Ledger,
    { pair: { base, quote }, isBuy, first }: FillRun,
    { columns, trades: { quantity } }: Fills,
  ): void {
    const { values, fees, inNative, next } = columns;
    const [received, paid] = isBuy ? [base, quote] : [quote, base];
    const { feeRateNative } = this.#state.fees;
    const isNative = (received === NATIVE || paid === NATIVE) && feeRateNative <= MILLION;
    const isReceived = received === NATIVE;
    const natives = quote === NATIVE ? values : quantity;
    const rate = BigInt.asIntN(64, feeRateNative);
    // An account that never held BNB is to get no balance of it by being asked.
    const at = isNative ? ledger.account.native.at : 0;
    taken[0] = 0n;
    let hasTaken = false;
    for (let fill = first; fill >= 0; fill = next[fill]!) {
      const place = fill >> 1;
      if (isNative && natives[place]! <= SAFE_FOR_RATE) {
        fees[fill] = BigInt.asIntN(64, BigInt.asIntN(64, natives[place]! * rate) / MILLION);
        const { amounts } = this.#state.accounts;
        if (isReceived || (fees[fill]! > 0n && fees[fill]! <= amounts[at]!)) {
          amounts[at] = BigInt.asIntN(64, amounts[at]! - fees[fill]!);
          taken[0] = BigInt.asIntN(64, taken[0]! + fees[fill]!);
          hasTaken = true;
          inNative[fill] = 1;
          continue;
        }
      }
      const [amountIn, amountOut] = isBuy ? [quantity[place]!, values[place]!] : [values[place]!, quantity[place]!];
      fees[fill] = this.chargeFill(ledger, received, amountIn, paid, amountOut);
      inNative[fill] = this.#asset === NATIVE ? 1 : 0;
    }
    if (hasTaken) ledger.native = BigInt.asIntN(64, (ledger.native ?? 0n) + taken[0]!);
  }

  /**
   * Charges an order that leaves without a fill (§11.4).
   *
   * @param unlocked - Quote asset of a buy, base asset of a sell.
   * @returns The fee in units of `asset`.
   */
  chargeFixed(ledger: Ledger, event: FixedFee, unlocked: string): bigint {
    const { account } = ledger;
    const [native, converted] = fixedFees(this.#state.fees, event);
    if (account.hasNative(native)) return this.#takeNative(ledger, native);
    if (unlocked === NATIVE) return this.#takeNative(ledger, account.freeNative);
    return this.#take(ledger, unlocked, atMost(this.#convert(converted, unlocked), account.of(unlocked).free));
  }

  #takeNative(ledger: Ledger, fee: bigint): bigint {
    if (fee > 0n) {
      const balance = ledger.account.native;
      balance.free = BigInt.asIntN(64, balance.free - fee);
    }
    const before = ledger.native;
    ledger.native = before === undefined ? fee : BigInt.asIntN(64, before + fee);
    this.#asset = NATIVE;
    return fee;
  }

  #take(ledger: Ledger, asset: string, fee: bigint): bigint {
    if (fee > 0n) ledger.account.balance(asset).free -= fee;
    ledger.add(asset, fee);
    this.#asset = asset;
    return fee;
  }

  /** What a fill that touches no BNB is worth in it: by what was received, or by the BUSD that was paid. */
  #nativeValue(received: string, amountIn: bigint, paid: string, amountOut: bigint): bigint {
    const value = this.#inNative(received, amountIn);
    if (value !== undefined) return value;
    return (paid === this.#state.busd ? this.#inNative(paid, amountOut) : undefined) ?? 0n;
  }

  /** Value in BNB by the pair with it, whichever way round that is listed; undefined without one. */
  #inNative(asset: string, amount: bigint): bigint | undefined {
    const direct = this.#price(asset, NATIVE);
    if (direct !== undefined) return (direct * amount) / UNIT;
    const inverse = this.#price(NATIVE, asset);
    return inverse === undefined ? undefined : (amount * UNIT) / inverse;
  }

  /** BNB expressed in another asset, at most MAX; by way of BUSD if there is no pair of the two. 0 without any way. */
  #convert(native: bigint, asset: string): bigint {
    const direct = this.#exchange(native, NATIVE, asset);
    if (direct !== undefined) return direct;
    const { busd } = this.#state;
    const between = busd === undefined ? undefined : this.#exchange(native, NATIVE, busd);
    if (busd === undefined || between === undefined) return 0n;
    return this.#exchange(between, busd, asset) ?? 0n;
  }

  #exchange(amount: bigint, from: string, to: string): bigint | undefined {
    const direct = this.#price(from, to);
    if (direct !== undefined) return atMost((direct * amount) / UNIT, MAX);
    const inverse = this.#price(to, from);
    return inverse === undefined ? undefined : atMost((amount * UNIT) / inverse, MAX);
  }

  /** Reference price; a price of 0, which no match leaves behind, counts as none. */
  #price(base: string, quote: string): bigint | undefined {
    return this.#state.pairs.get(`${base}_${quote}`)?.reference || undefined;
  }
}

/** A fee of a whole block, and whom it is for. */
export class BlockFees {
  #amounts = new Map<string, bigint>();
  #isForAll = false;

  add(asset: string, amount: bigint): void {
    this.#amounts.set(asset, (this.#amounts.get(asset) ?? 0n) + amount);
  }

  /** All fees of an account. */
  addLedger({ native, others }: Ledger): void {
    if (native !== undefined) this.add(NATIVE, native);
    if (others !== undefined) for (const [asset, amount] of others) this.add(asset, amount);
  }

  /** One part for all validators makes the whole fee theirs (§11.7). */
  makeForAll(): void {
    this.#isForAll = true;
  }

  /** By asset in byte order. */
  get amounts(): readonly (readonly [asset: string, amount: bigint])[] {
    return [...this.#amounts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** `ABC-12F:50;BNB:7`; empty if nothing was charged. */
  get text(): string {
    return this.amounts.map(([asset, amount]) => `${asset}:${amount}`).join(';');
  }

  /**
   * Gives the fee out (§11.7).
   *
   * @param proposer - Gets all of a proposer's fee, and of one for all validators what cannot be shared.
   * @param validators - All of them, the proposer among them.
   * @returns Who got something, the proposer first; empty when there was no fee.
   */
  distribute(proposer: Account, validators: readonly Account[]): readonly Account[] {
    const amounts = this.amounts;
    if (amounts.length === 0) return [];
    const count = BigInt(validators.length);
    const isShared = this.#isForAll && amounts.some(([, amount]) => amount >= count && count > 0n);
    if (!isShared) {
      for (const [asset, amount] of amounts) give(proposer, asset, amount);
      return [proposer];
    }
    const others = validators.filter((validator) => validator !== proposer);
    for (const [asset, amount] of amounts) {
      const share = amount / count;
      for (const other of others) give(other, asset, share);
      give(proposer, asset, amount - share * BigInt(others.length));
    }
    return [proposer, ...others];
  }
}

const give = (account: Account, asset: string, amount: bigint): void => {
  if (amount > 0n) account.balance(asset).free += amount;
};
