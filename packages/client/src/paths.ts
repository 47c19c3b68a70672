/**
 * The paths of a link, and what they are to each other.
 * In: paths that come and go. Out: those that serve, what is lacking, who takes the place of whom.
 */
import type { Path } from './path.ts';

export class Paths implements Iterable<Path> {
  readonly #all = new Set<Path>();

  get size(): number {
    return this.#all.size;
  }

  /** Those of now: some may go while they are looked at. */
  [Symbol.iterator](): Iterator<Path> {
    return [...this.#all].values();
  }

  add(path: Path): void {
    this.#all.add(path);
  }

  delete(path: Path): void {
    this.#all.delete(path);
  }

  has(path: Path): boolean {
    return this.#all.has(path);
  }

  /** Those of which what they bring counts. */
  get serving(): Path[] {
    return [...this.#all].filter(({ standing }) => standing.isServing);
  }

  get isServed(): boolean {
    for (const { standing } of this.#all) if (standing.isServing) return true;
    return false;
  }

  /** How many sockets are open. */
  get open(): number {
    let open = 0;
    for (const { isOpen } of this.#all) if (isOpen) open++;
    return open;
  }

  /** Nobody may join them any more. */
  get areOver(): boolean {
    return [...this.#all].every(isOver);
  }

  get areIdle(): boolean {
    return [...this.#all].every(({ state }) => state.name === 'idle');
  }

  /** Of these endpoints, those to which there is no path but one that is to replace another, or is on its way out. */
  lacking(endpoints: readonly string[]): string[] {
    const there = [...this.#all].filter((path) => !isOver(path) && !this.#isHeir(path)).map(({ endpoint }) => endpoint);
    return endpoints.filter((endpoint) => {
      const at = there.indexOf(endpoint);
      if (at >= 0) there.splice(at, 1);
      return at < 0;
    });
  }

  /** The one that is to take the place of a path. */
  heirOf(path: Path): Path | undefined {
    return [...this.#all].find(({ standing }) => standing.replaces === path);
  }

  /** Some are to take the place of others, and do not yet. */
  get areChanging(): boolean {
    return [...this.#all].some((path) => this.#isHeir(path) && !path.standing.isServing);
  }

  #isHeir({ standing: { replaces } }: Path): boolean {
    return !!replaces && this.#all.has(replaces);
  }
}

const isOver = ({ state }: Path): boolean => /^clos/.test(state.name);
