/**
 * Whether the blocks of which a socket brings something follow on each other.
 * In: heights of frames, in their order. Out: holes, where the socket was known to bring each block.
 */
import type { Height } from '@dexwire/protocol';

/** So many pulses in a row, and a socket is known to bring each: gateways that play recordings leave out blocks by nature. */
const IN_ROW = 10;

export const before = (height: Height | undefined): Height | undefined =>
  height === undefined ? undefined : ((height - 1) as Height);

export class Continuity {
  /** The newest block that came as a pulse, or the one before a frame that has shown a hole. */
  #pulse: Height | undefined;
  /** How many pulses came without a hole that was not known to be one. */
  #inRow = 0;
  /** The newest block of which anything came: where pulses stay away, their blocks need not. */
  #seen: Height | undefined;
  /** A frame has shown a hole: only a pulse shows the next one. */
  #hasSkipped = false;

  /**
   * @param height - Of the frame, where it says so.
   * @param isPulse - It is the one that comes with each block.
   * @returns The last block that came, if between that and the frame some are missing for certain.
   */
  take(height: Height | undefined, isPulse: boolean): Height | undefined {
    const pulse = this.#pulse;
    const last = isPulse || !(this.#seen! > pulse!) ? pulse : this.#seen;
    const isHole = height! > last! + 1 && (isPulse || !this.#hasSkipped);
    const isCertain = isHole && this.#inRow >= IN_ROW;
    if (isPulse || isCertain) {
      if (isCertain || height === pulse! + 1) this.#inRow++;
      else if (pulse !== undefined) this.#inRow = 0;
      // What is of the same block as well shows nothing new.
      this.#pulse = isPulse ? height : before(height);
      this.#hasSkipped = !isPulse;
    } else if (isHole) this.#inRow = 0;
    if (isPulse || height! > this.#seen!) this.#seen = height;
    return isCertain ? last : undefined;
  }

  /** What was missing before the next pulse has come some other way. */
  restart(): void {
    this.#pulse = this.#seen = undefined;
  }
}
