/**
 * A part of the view state that one or more panels show.
 * In: values, or the news that the value has changed inside. Out: one call to each panel until it has looked.
 *
 * However often it changes, a panel hears of it once and then draws what there is at the next frame: what a stream brings
 * in between costs no drawing.
 */
export class Slice<T> {
  #value: T;
  #isTold = false;
  readonly #listeners = new Set<() => void>();
  /** A person changes it, and wants to see that at once. */
  readonly isPrompt: boolean;

  constructor(value: T, { isPrompt = false } = {}) {
    this.#value = value;
    this.isPrompt = isPrompt;
  }

  /** Without looking: whoever listens goes on waiting. */
  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.changed();
  }

  changed(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    for (const tell of this.#listeners) tell();
  }

  /** For whoever draws it now. */
  read(): T {
    this.#isTold = false;
    return this.#value;
  }

  /** @returns What makes it deaf again. */
  listen(tell: () => void): () => void {
    this.#listeners.add(tell);
    if (this.#isTold) tell();
    return () => this.#listeners.delete(tell);
  }
}
