import { connect, type Decimal, type OrderReport, type OrderStatus, type Side, type Transfer } from 'dexwire';
import { type Order, type OrderOutcome, type Wallet, WalletError, type WalletFault, wallet } from 'dexwire/wallet';
import { expectTypeOf, test } from 'vitest';

test('calls are typed by what they give', () => {
  const trader = wallet(connect('local'), new Uint8Array(32));
  expectTypeOf(trader).toEqualTypeOf<Wallet>();
  expectTypeOf(trader.placeOrder).returns.resolves.toEqualTypeOf<OrderOutcome>();
  expectTypeOf<OrderOutcome['reports']>().toEqualTypeOf<readonly OrderReport[]>();
  expectTypeOf(trader.send).returns.resolves.toEqualTypeOf<Transfer>();
  expectTypeOf(trader.openOrders).returns.resolves.toEqualTypeOf<Order[]>();
  expectTypeOf<Order>().toExtend<{ readonly side: Side; readonly status: OrderStatus; readonly price: Decimal }>();
  expectTypeOf<WalletError['code']>().toEqualTypeOf<WalletFault>();
  expectTypeOf(new WalletError('CLOSED', '').chainCode).toEqualTypeOf<number | undefined>();
});

test('figures are text: a number does not compile', () => {
  const trader = wallet(connect('local'), '11'.repeat(32));
  const order = { symbol: 'BNB_BUSD-BD1', side: 'buy', quantity: '1' } as const;
  void (() => trader.placeOrder({ ...order, price: '300.1' }));
  // @ts-expect-error
  void (() => trader.placeOrder({ ...order, price: 300.1 }));
  // @ts-expect-error
  void (() => trader.placeOrder({ ...order, price: '300.1', side: 'both' }));
  // @ts-expect-error
  void (() => trader.send({ to: 'bnb1', asset: 'BNB', amount: 1n }));
});

test('an id is text on its way out as on its way in: a number, which may have been rounded, does not compile', () => {
  const trader = wallet(connect('local'), '11'.repeat(32));
  const symbol = 'BNB_BUSD-BD1';
  void ((report: OrderReport) => trader.cancelOrder({ symbol, orderId: report.orderId }));
  // @ts-expect-error
  void (() => trader.cancelOrder({ symbol, orderId: 1_234_567 }));
});
