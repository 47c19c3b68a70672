/**
 * Ties a panel to a slice: the panel is drawn anew at the next frame after a change, once.
 * In: a slice. Out: its value, as of this drawing.
 *
 * Preact asks `options.debounceRendering` when to draw; here that is the next animation frame. So whatever happened in
 * between, each panel is written to the document at most once a frame, all of them in one go, and not at all while the tab
 * is hidden.
 */
import { options } from 'preact';
import { useLayoutEffect, useReducer } from 'preact/hooks';
import type { Slice } from '../slice.ts';

options.debounceRendering = (draw) => {
  requestAnimationFrame(draw);
};

export const useSlice = <T>(slice: Slice<T>): T => {
  const [, draw] = useReducer<number, undefined>((count) => count + 1, 0);
  useLayoutEffect(() => {
    const deafen = slice.listen(() => draw(undefined));
    return () => void deafen();
  }, [slice]);
  return slice.read();
};
