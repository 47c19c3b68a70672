/**
 * The tape: trades as they come, newest on top, and a line across it where some may be missing.
 * In: the tape. Out: rows.
 */
import { Component } from 'preact';
import { type GapLine, TAPE, type TapeLine, type TradeLine } from '../feeds/tape.ts';
import { digitsOf, shown, timeOfDay } from '../figures.ts';
import type { Store } from '../store.ts';
import { Panel } from './panel.tsx';
import { useSlice } from './useSlice.ts';

const SIGNS = { buy: '▲', sell: '▼', neither: '·' } as const;
const WORDS = { buy: 'buyer took', sell: 'seller took', neither: 'neither took' } as const;
const LOST = { none: 'nothing lost', some: 'some lost', unknown: 'perhaps some lost' } as const;

const gapText = ({ at, end }: GapLine): string =>
  end === undefined
    ? `gap since ${timeOfDay(at)}`
    : `gap ${timeOfDay(at)} to ${timeOfDay(end.at)}: ${end.repaired} fetched, ${LOST[end.lost]}`;

interface RowProps {
  readonly line: TradeLine;
  readonly price: number;
  readonly quantity: number;
  readonly isOwn: boolean;
}

/** A trade does not change: its row is drawn once, however many come above it. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate({ line, price, quantity, isOwn }: RowProps): boolean {
    const { props } = this;
    return line !== props.line || price !== props.price || quantity !== props.quantity || isOwn !== props.isOwn;
  }

  override render() {
    const { line, price, quantity, isOwn } = this.props;
    return (
      <tr class="trade" data-taker={line.taker} data-own={isOwn || undefined} data-id={line.key}>
        <td class="num price">
          <span class="arrow" aria-hidden="true">
            {SIGNS[line.taker]}
          </span>
          <span class="hidden">{WORDS[line.taker]} </span>
          {shown(line.price, price)}
        </td>
        <td class="num">{shown(line.quantity, quantity)}</td>
        <td class="num dim" title={line.isRepaired ? 'fetched after a gap' : undefined}>
          {line.isRepaired ? '↺ ' : ''}
          {timeOfDay(line.time)}
        </td>
      </tr>
    );
  }
}

const rowOf = (line: TapeLine, price: number, quantity: number, address: string) =>
  line.kind === 'gap' ? (
    <tr key={line.key} class="gap-line" data-open={line.end === undefined}>
      <td colSpan={3}>{gapText(line)}</td>
    </tr>
  ) : (
    <Row
      key={line.key}
      line={line}
      price={price}
      quantity={quantity}
      isOwn={address !== '' && (line.buyer === address || line.seller === address)}
    />
  );

export const TapePanel = ({ store }: { readonly store: Store }) => {
  const { lines } = useSlice(store.tape);
  const { symbol, address } = useSlice(store.place);
  const pair = useSlice(store.pairs).get(symbol);
  const [price, quantity] = [pair ? digitsOf(pair.tick) : 0, pair ? digitsOf(pair.lot) : 0];
  return (
    <Panel id="tape" title="Trades" health={store.health} keys={[TAPE]}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to scroll by keyboard too */}
      <section class="scroll" tabIndex={0} aria-label="Latest trades">
        <table class="trades">
          <thead>
            <tr>
              <th scope="col">Price</th>
              <th scope="col">Quantity</th>
              <th scope="col">Time, UTC</th>
            </tr>
          </thead>
          <tbody>{lines.map((line) => rowOf(line, price, quantity, address))}</tbody>
        </table>
        {lines.length === 0 && <p class="empty">No trade yet</p>}
      </section>
    </Panel>
  );
};
