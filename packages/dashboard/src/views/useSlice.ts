/**
 * Ties a panel to a slice: the panel is drawn anew at a frame after a change, once.
 * In: a slice. Out: its value, as of this drawing.
 *
 * Preact asks `options.debounceRendering` when to draw. Here the page's pace says so, and draws what asked by it in the same
 * go: each panel is written to the document at most once a frame, and not at all while the tab is hidden.
 */
import { options } from 'preact';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { type Drawn, Pace } from '../pace.ts';
import type { Slice } from '../slice.ts';

const pace = new Pace(
  (call) => requestAnimationFrame(call),
  () => performance.now(),
);

options.debounceRendering = pace.debounce;

export const useSlice = <T>(slice: Slice<T>): T => {
  const [, draw] = useReducer<number, undefined>((count) => count + 1, 0);
  const drawn = useRef<Drawn>({ at: undefined, draw: () => draw(undefined) }).current;
  pace.isDrawn(drawn);
  useLayoutEffect(() => {
    const deafen = slice.listen(() => pace.ask(drawn, slice.isPrompt));
    return () => {
      deafen();
      pace.forget(drawn);
    };
  }, [slice]);
  return slice.read();
};
