/**
 * Ties a panel to a slice: the panel is drawn anew at a frame after a change, once.
 * In: a slice. Out: its value, as of this drawing.
 *
 * Preact asks `options.debounceRendering` when to draw; here that is an animation frame, no more than 20 a second. So
 * whatever happened in between, each panel is written to the document at most once a frame, all of them in one go, and not at
 * all while the tab is hidden.
 */
import { options } from 'preact';
import { useLayoutEffect, useReducer } from 'preact/hooks';
import type { Slice } from '../slice.ts';

/** Between two drawings: no figure can be read in less, and what falls between them is never laid out. */
const PACE_MS = 50;
/** A frame comes a little early or late. */
const SLACK_MS = 4;

let drawnAt = 0;

options.debounceRendering = (draw) => {
  const atFrame = (now: number): void => {
    if (now - drawnAt < PACE_MS - SLACK_MS) {
      requestAnimationFrame(atFrame);
      return;
    }
    drawnAt = now;
    draw();
  };
  requestAnimationFrame(atFrame);
};

export const useSlice = <T>(slice: Slice<T>): T => {
  const [, draw] = useReducer<number, undefined>((count) => count + 1, 0);
  useLayoutEffect(() => {
    const deafen = slice.listen(() => draw(undefined));
    return () => void deafen();
  }, [slice]);
  return slice.read();
};
