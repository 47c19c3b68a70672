/**
 * The faults of a node of one's own.
 * In: what can be broken. Out: a button for each, and what to watch when it is pressed.
 */
import { useEffect } from 'preact/hooks';
import { faultsOf } from '../faults.ts';
import type { Store } from '../store.ts';
import { useSlice } from './useSlice.ts';

export const FaultList = ({ store }: { readonly store: Store }) => {
  const { door, said } = useSlice(store.faults.slice);
  const { symbol } = useSlice(store.place);
  useEffect(() => void store.faults.look(), [store]);
  if (door !== 'open')
    return (
      <p class="empty">
        {door === 'unknown' ? 'Asking the node' : 'This node keeps its faults to itself: start it with --control'}
      </p>
    );
  return (
    <>
      <ul class="faults">
        {faultsOf(symbol).map((fault) => (
          <li key={fault.verb}>
            <button
              type="button"
              onClick={() => void store.faults.commit(fault)}
              aria-describedby={`tip-${fault.verb}`}
            >
              {fault.label}
            </button>
            <span class="dim" id={`tip-${fault.verb}`}>
              {fault.tip}
            </span>
          </li>
        ))}
      </ul>
      <p class="outcome" role="status" data-testid="fault-said">
        {said}
      </p>
    </>
  );
};
