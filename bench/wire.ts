/**
 * The line of a socket bench: a process that sends, and any number of processes with one client each.
 * In: a client, a mix, how many frames. Out: what they cost.
 */
import type { BlasterQuestion } from './blaster.ts';
import { Child } from './child.ts';
import type { MixName } from './mixes.ts';
import type { SocketQuestion, SocketSample } from './socketClient.ts';

export type Client = Child<SocketQuestion>;

export class Wire {
  readonly #blaster = new Child<BlasterQuestion>('blaster');
  #port = 0;

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/api/ws`;
  }

  async open(): Promise<void> {
    this.#port = await this.#blaster.ask<number>({ kind: 'listen' });
  }

  /** What the next client gets. */
  load(mix: MixName, count: number): Promise<void> {
    return this.#blaster.ask({ kind: 'load', mix, count });
  }

  async run(client: Client, mix: MixName, count: number, kind: SocketQuestion['kind'] = 'run'): Promise<SocketSample> {
    await this.load(mix, count);
    return client.ask<SocketSample>({ kind, url: this.url, mix, count });
  }

  /** @param contender - As `socketClient.ts` names it. */
  client(contender: string): Client {
    return new Child('socketClient', [contender]);
  }

  end(): Promise<void> {
    return this.#blaster.end();
  }
}
