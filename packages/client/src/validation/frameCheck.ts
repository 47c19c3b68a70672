/**
 * What looks at frames before they are read.
 * In: a frame's stream and text. Out: nothing, or an error by which the frame counts as unreadable.
 */
import type { Stream } from '@dexwire/protocol';

/**
 * Looks at a frame that somebody wants, before it is read. A `FrameError` that it throws is treated like one of the reader: it
 * is reported, and the stream's subscriptions see a gap. `checkFrames` makes one; none is passed where nothing is to be checked.
 */
export type FrameCheck = (stream: Stream, text: string) => void;
