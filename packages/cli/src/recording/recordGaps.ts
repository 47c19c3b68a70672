/**
 * What a client knows of gaps goes into the recording, so that a replay knows it too.
 * In: the items of subscriptions. Out: lines of the recording. Their events are in it already, as frames.
 */
import type { RecordingWriter } from '@dexwire/node';
import type { Item } from 'dexwire';

/** A callback for `subscribe`. */
export const recordGaps = (writer: RecordingWriter): ((item: Item<unknown>) => void) => {
  /** Of each gap that is open, its streams. Ids are of one subscription, so each has a map of its own. */
  const open = new Map<number, readonly string[]>();
  return (item) => {
    if (item.kind === 'events') return;
    const { id, from, to } = item;
    const heights = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    if (item.kind === 'gap') {
      // What the queue of a consumer drops, the recording has.
      if (item.cause === 'overflow') return;
      open.set(id, item.streams);
      writer.write({ kind: 'gap', cause: item.cause, streams: item.streams, ...heights });
      return;
    }
    const streams = open.get(id);
    if (!open.delete(id) || !streams) return;
    writer.write({ kind: 'gapClosed', streams, lost: item.lost, ...heights });
  };
};
