/**
 * When which panel is drawn: each ten times a second at most, and only a few of them in one frame of the screen.
 * In: panels that have something new to show, what the view library wants to draw, frames, a clock. Out: calls that draw.
 *
 * What costs is not a change but its layout and painting, and all of a frame is one task of the browser, which nothing may
 * interrupt. So panels take turns: those that have waited longest come first, and when the time of a frame is used up the
 * others wait for the next one.
 */

/** Between two drawings of one panel: figures that change faster than that cannot be read. */
const PACE_MS = 100;
/** A frame comes a little early or late. */
const SLACK_MS = 4;
/** For drawing in one frame. It is overdrawn by one panel at most, and one is drawn in any case. */
const BUDGET_MS = 1.5;

/** A panel, or a part of one, that draws itself. */
export interface Drawn {
  /** Milliseconds of the clock; `undefined`: it need not wait. */
  at: number | undefined;
  readonly draw: () => void;
}

export class Pace {
  readonly #requestFrame: (call: () => void) => void;
  readonly #now: () => number;
  /** In the order in which they have asked. */
  readonly #waiting = new Set<Drawn>();
  /** What the view library has not drawn yet: it hands over one call for all that has asked meanwhile. */
  #pending: (() => void) | undefined;
  #isRequested = false;

  constructor(requestFrame: (call: () => void) => void, now: () => number) {
    this.#requestFrame = requestFrame;
    this.#now = now;
  }

  /** It has something new to show. @param isPrompt - By a person's doing: with the next frame. */
  ask(drawn: Drawn, isPrompt: boolean): void {
    if (isPrompt) drawn.at = undefined;
    this.#waiting.add(drawn);
    this.#request();
  }

  /** It is drawn at this moment, whoever asked for that. */
  isDrawn(drawn: Drawn): void {
    drawn.at = this.#now();
    this.#waiting.delete(drawn);
  }

  /** It is gone. */
  forget(drawn: Drawn): void {
    this.#waiting.delete(drawn);
  }

  /** At the next frame. */
  readonly debounce = (draw: () => void): void => {
    this.#pending = draw;
    this.#request();
  };

  #request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.#requestFrame(() => this.#atFrame());
  }

  #atFrame(): void {
    try {
      this.#drawDue(this.#now());
    } finally {
      // Only now: what is drawn asks for a frame that it does not need any more.
      this.#isRequested = false;
      if (this.#waiting.size > 0) this.#request();
    }
  }

  #drawDue(from: number): void {
    this.#drawPending();
    for (const drawn of this.#waiting) {
      if (drawn.at !== undefined && from - drawn.at < PACE_MS - SLACK_MS) continue;
      this.#waiting.delete(drawn);
      drawn.draw();
      this.#drawPending();
      if (this.#now() - from >= BUDGET_MS) return;
    }
  }

  #drawPending(): void {
    const draw = this.#pending;
    this.#pending = undefined;
    draw?.();
  }
}
