/**
 * A source of the gateway that says what a test says.
 * In: frames. Out: turns for whoever was handed over as its sink.
 */
import { encodeAddress, marketDepth, type Stream } from '@dexwire/protocol';
import { type Frame, frame, type Sink, type Source } from '../../packages/node/src/gateway/source.ts';

export const SPOKEN_ADDRESS = encodeAddress('tbnb', new Uint8Array(20).fill(1));

export class SpokenSource implements Source {
  symbols: readonly string[] = ['BNB_BTC', 'AAA_BNB'];
  readonly accounts = [{ name: 'one', address: SPOKEN_ADDRESS }];
  sink: Sink | undefined;
  height = 0;

  seek(): void {}

  start(sink: Sink): void {
    this.sink = sink;
  }

  stop(): void {
    this.sink = undefined;
  }

  snapshot(stream: Stream, symbol: string): Frame | undefined {
    return stream === marketDepth()
      ? frame(marketDepth(), symbol, { lastUpdateId: 5, symbol, bids: [], asks: [] })
      : undefined;
  }

  /** One block with these frames. */
  say(...frames: Frame[]): void {
    this.height += 1;
    this.sink?.send({ height: this.height, time: this.height * 400, frames });
  }
}
