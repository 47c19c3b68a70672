/**
 * The faults of a node of one's own, to watch the client recover: what `POST /control/<verb>` does.
 * In: a fault that was chosen. Out: what the node answered, in words.
 */
import { Slice } from './slice.ts';
import type { World } from './world.ts';

export interface Faults {
  /** `unknown` until the node has been asked; `closed`: it has no `/control`. */
  readonly door: 'unknown' | 'open' | 'closed';
  readonly said: string;
}

export interface Fault {
  readonly verb: string;
  readonly label: string;
  /** What to watch. */
  readonly tip: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** @param symbol - Whose trades are to be forgotten. */
export const faultsOf = (symbol: string): readonly Fault[] => [
  {
    verb: 'drop',
    label: 'Drop sockets',
    tip: 'Cut without a close frame. The client dials again, and fetches what it missed.',
    body: {},
  },
  {
    verb: 'halfOpen',
    label: 'Half-open',
    tip: 'Open, but dead: nothing is sent or answered. The client notices by the silence.',
    body: {},
  },
  {
    verb: 'stall',
    label: 'Stall 8 s',
    tip: 'Everything is held back, then comes at once. The client says silent, then that nothing was lost.',
    body: { ms: 8000 },
  },
  {
    verb: 'forget',
    label: 'Forget ticker',
    tip: 'The node forgets one subscription without a word. The client misses it, and puts a new socket in its place.',
    body: { topic: 'ticker', subject: symbol },
  },
  {
    verb: 'restart',
    label: 'Restart 3 s',
    tip: 'The port goes and comes again; the chain goes on meanwhile.',
    body: { after: 3000 },
  },
];

export class FaultDesk {
  readonly slice = new Slice<Faults>({ door: 'unknown', said: '' }, { isPrompt: true });
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async commit({ verb, label, body }: Fault): Promise<void> {
    try {
      const response = await this.#world.fetch(`${this.#world.origin}/control/${verb}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      this.#say(`${label}: ${response.ok ? 'done' : text.slice(0, 120)}`);
    } catch (error) {
      this.#say(`${label}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #say(said: string): void {
    this.slice.set({ ...this.slice.value, said });
  }

  /** Asks for the door, once somebody wants to know: a node without one answers by an error. */
  async look(): Promise<void> {
    if (this.slice.value.door === 'open') return;
    try {
      const response = await this.#world.fetch(`${this.#world.origin}/control/sessions`);
      this.slice.set({ ...this.slice.value, door: response.ok ? 'open' : 'closed' });
    } catch {
      this.slice.set({ ...this.slice.value, door: 'closed' });
    }
  }
}
