/**
 * Processes that a bench starts, in the runtime that it runs in itself.
 * In: the name of a file beside the bench; questions. Out: answers, one each, or an error.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Longer than any one sample takes on a busy machine. */
const ANSWER_MS = 60_000;

type Answer = { readonly answer: unknown } | { readonly error: string };

export class Child<Question extends object> {
  readonly #process: ChildProcess;
  readonly #name: string;

  /** @param name - Of a process of this folder. */
  constructor(name: string, args: readonly string[] = []) {
    this.#name = [name, ...args].join(' ');
    this.#process = fork(fileURLToPath(new URL(`./${name}.mjs`, import.meta.url)), args, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** One question at a time. */
  ask<Reply>(question: Question): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timeout);
        this.#process.off('message', onMessage).off('exit', onExit);
      };
      const fail = (why: string): void => {
        settle();
        this.#process.kill('SIGKILL');
        reject(new Error(`${this.#name}: ${why}`));
      };
      const onExit = (code: number | null): void => fail(`ended with ${code}`);
      const onMessage = (message: Answer): void => {
        if ('error' in message) fail(message.error);
        else {
          settle();
          resolve(message.answer as Reply);
        }
      };
      const timeout = setTimeout(() => fail(`no answer to ${JSON.stringify(question)}`), ANSWER_MS);
      this.#process.on('message', onMessage).on('exit', onExit);
      this.#process.send(question);
    });
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.disconnect();
    });
  }
}

/** The other side: answers until the bench has gone. */
export const answer = <Question>(reply: (question: Question) => unknown): void => {
  const respond = async (question: Question): Promise<void> => {
    let message: Answer;
    try {
      message = { answer: await reply(question) };
    } catch (error) {
      message = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    process.send?.(message);
  };
  process.on('message', (question) => void respond(question as Question));
  process.on('disconnect', () => process.exit());
};
