/**
 * One turn to many sessions: each event is encoded once, each session gets all it wants of a turn by one write.
 * In: the turns of a source; which outlet wants which stream for which subject. Out: writes on outlets.
 *
 * What a write costs is the system call, so a turn's frames are joined. Sessions that want the same share one joined
 * buffer: while the turn is spread, every session stands on a chain of messages, and those that got the same ones so
 * far stand on the same link of it.
 */
import type { Stream } from '@dexwire/protocol';
import { GatewayCounts } from './counts.ts';
import { type Frame, frameText, type Sink, type Turn } from './source.ts';
import { webSocketFrame } from './webSocketFrame.ts';

/** Where a session's frames go. */
export interface Outlet {
  /** Texts are to be compressed one by one, which nothing shared can do. */
  readonly compressed: boolean;
  /** Ready WebSocket frames, to be written in one go. */
  write(frames: readonly Uint8Array[]): void;
  sendText(text: string): void;
  /** Belongs to the fan-out: what the turn has brought this outlet so far. */
  batch: Batch | undefined;
}

/** One frame of a turn. */
class Message {
  readonly text: string;
  #framed: Uint8Array | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get framed(): Uint8Array {
    this.#framed ??= webSocketFrame(this.text);
    return this.#framed;
  }
}

/** Joining copies, and a copy for one session alone must stay cheaper than handing the system several buffers. */
const JOIN_BYTES = 16_384;

/** A link of a chain: the messages before it and one more. */
export class Batch {
  readonly #before: Batch | undefined;
  readonly message: Message;
  /** The chain as it went on last. Messages come one after the other, so it is the one of the message at hand or stale. */
  next: Batch | undefined = undefined;
  /** How many outlets stand here. */
  outlets = 0;
  /** How many messages the chain has. */
  readonly length: number;
  #frames: readonly Uint8Array[] | undefined;

  constructor(before: Batch | undefined, message: Message) {
    this.#before = before;
    this.message = message;
    this.length = before === undefined ? 1 : before.length + 1;
  }

  /** First to last. */
  messages(): Message[] {
    const messages: Message[] = [];
    for (let batch: Batch | undefined = this; batch !== undefined; batch = batch.#before) messages.push(batch.message);
    return messages.reverse();
  }

  /** One buffer, unless it would be a large one for one outlet only. */
  frames(): readonly Uint8Array[] {
    this.#frames ??= this.#join();
    return this.#frames;
  }

  #join(): readonly Uint8Array[] {
    const frames = this.messages().map(({ framed }) => framed);
    if (frames.length === 1) return frames;
    const bytes = frames.reduce((sum, { length }) => sum + length, 0);
    return this.outlets > 1 || bytes <= JOIN_BYTES ? [Buffer.concat(frames, bytes)] : frames;
  }
}

export class FanOut implements Sink {
  /** By topic, then by subject. There are no empty ones. */
  readonly #outlets = new Map<string, Map<string, Set<Outlet>>>();
  /** Those that the turn at hand brings something. */
  #touched: Outlet[] = [];
  readonly #counts: GatewayCounts;

  constructor(counts = new GatewayCounts()) {
    this.#counts = counts;
  }

  add(stream: Stream, subject: string, outlet: Outlet): void {
    let subjects = this.#outlets.get(stream.topic);
    if (subjects === undefined) {
      subjects = new Map();
      this.#outlets.set(stream.topic, subjects);
    }
    const outlets = subjects.get(subject);
    if (outlets === undefined) subjects.set(subject, new Set([outlet]));
    else outlets.add(outlet);
  }

  remove(stream: Stream, subject: string, outlet: Outlet): void {
    const subjects = this.#outlets.get(stream.topic);
    const outlets = subjects?.get(subject);
    if (!outlets?.delete(outlet) || outlets.size > 0) return;
    subjects?.delete(subject);
    if (subjects?.size === 0) this.#outlets.delete(stream.topic);
  }

  wants(stream: Stream, subject: string): boolean {
    return this.#outlets.get(stream.topic)?.has(subject) === true;
  }

  send({ frames }: Turn): void {
    for (const frame of frames) this.#spread(frame);
    this.#flush();
  }

  #spread(frame: Frame): void {
    const outlets = this.#outlets.get(frame.stream.topic)?.get(frame.subject);
    if (outlets === undefined) return;
    const message = new Message(frameText(frame));
    const first = new Batch(undefined, message);
    for (const outlet of outlets) {
      const before = outlet.batch;
      let batch = first;
      if (before === undefined) this.#touched.push(outlet);
      else {
        if (before.next?.message !== message) before.next = new Batch(before, message);
        batch = before.next;
        before.outlets -= 1;
      }
      batch.outlets += 1;
      outlet.batch = batch;
    }
  }

  #flush(): void {
    const touched = this.#touched;
    this.#touched = [];
    for (const outlet of touched) {
      const { batch } = outlet;
      outlet.batch = undefined;
      if (batch === undefined) continue;
      if (outlet.compressed) for (const { text } of batch.messages()) outlet.sendText(text);
      else {
        const frames = batch.frames();
        this.#counts.framesOut += batch.length;
        for (const { length } of frames) this.#counts.bytesOut += length;
        outlet.write(frames);
      }
    }
  }
}
