/**
 * What the keys do.
 * In: nothing. Out: a dialog, which the browser itself keeps the focus in.
 */
import { useEffect, useRef } from 'preact/hooks';

const KEYS = [
  ['/', 'filter the markets; Enter takes the first one'],
  ['↑ ↓', 'in the list of markets: the one above, the one below'],
  ['j k', 'next market, previous market'],
  ['[ ]', 'shorter interval, longer interval'],
  ['a', 'type an address'],
  ['b s', 'order form: buy, sell'],
  ['h', 'streams, gaps and lag'],
  ['t', 'dark, light, or as the system has it'],
  ['← → + −', 'on the chart: move, zoom; Home shows all, End the present'],
  ['1 … 7', 'jump to a panel'],
  ['?', 'this list'],
] as const;

export const Help = ({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="dim">
        Prices and quantities stand here as the node has written them. A bar or candle is drawn from them, and only
        drawn.
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
};
