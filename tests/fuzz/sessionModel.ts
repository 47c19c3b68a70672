/**
 * What a session has to hold, told once more in the plainest way: a set of `<subject>@<topic>`.
 * In: commands that were read. Out: whether each is obeyed or why not, and what is wanted afterwards.
 */
import { type Command, type RefusalText, streamForTopic } from '@dexwire/protocol';

const scopeOf = (topic: string | undefined): string | undefined => topic && streamForTopic(topic)?.scope;

const topicOf = (name: string): string => name.slice(name.lastIndexOf('@') + 1);
const subjectOf = (name: string): string => name.slice(0, name.lastIndexOf('@'));

export class SessionModel {
  readonly wanted = new Set<string>();
  readonly #mostStreams: number;
  readonly #compressed: boolean;

  constructor(mostStreams: number, compressed: boolean) {
    this.#mostStreams = mostStreams;
    this.#compressed = compressed;
  }

  /** @returns Why it is refused; undefined when it is obeyed. */
  obey(command: Command): RefusalText | undefined {
    if (command.method === 'subscribe') return this.#subscribe(command.topic, command.symbols, command.address);
    if (command.method === 'unsubscribe') this.#unsubscribe(command.topic, command.symbols);
    return undefined;
  }

  #subscribe(topic: string, symbols: readonly string[] = [], address?: string): RefusalText | undefined {
    const names = new Set((address === undefined ? symbols : [address]).map((subject) => `${subject}@${topic}`));
    const added = [...names].filter((name) => !this.wanted.has(name));
    if (this.wanted.size + added.length > this.#mostStreams) return 'Too many streams';
    if (topic === 'marketDepth1000' && !this.#compressed) return 'Compression required';
    if (address !== undefined)
      this.#drop((name) => scopeOf(topicOf(name)) === 'address' && subjectOf(name) !== address);
    for (const name of added) this.wanted.add(name);
    return undefined;
  }

  #unsubscribe(topic: string | undefined, symbols: readonly string[] | undefined): void {
    this.#drop(
      (name) =>
        (topic === undefined ? scopeOf(topicOf(name)) === 'symbol' : topicOf(name) === topic) &&
        (symbols === undefined || symbols.includes(subjectOf(name))),
    );
  }

  #drop(isDropped: (name: string) => boolean): void {
    for (const name of [...this.wanted]) if (isDropped(name)) this.wanted.delete(name);
  }
}
