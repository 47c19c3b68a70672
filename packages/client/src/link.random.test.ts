import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closed, memoryDex } from '../../../tests/support/memoryDex.ts';
import { MemoryNetwork, type MemorySocket } from '../../../tests/support/memorySocket.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { heightText, SYMBOL, tickerText, tradesText } from '../../../tests/support/sampleFrames.ts';
import { settled } from '../../../tests/support/virtualClock.ts';
import { ticker, trades } from './index.ts';
import type { Handle } from './subscription.ts';

const OF_SYMBOL = { symbols: [SYMBOL] };
const TOPICS = ['trades', 'ticker', 'blockheight'] as const;

interface Command {
  readonly method: string;
  readonly topic: string;
}

/** The far end of one socket. */
class Session {
  readonly #socket: MemorySocket;
  readonly #wanted = new Set<string>();
  #read = 0;
  isSilent = false;

  constructor(socket: MemorySocket) {
    this.#socket = socket;
  }

  forget(topic: string): void {
    this.#wanted.delete(topic);
  }

  /** Reads what it was asked for, and tells two blocks of it. */
  beat(height: number): void {
    for (const { method, topic } of this.#socket.sent.slice(this.#read) as Command[]) {
      if (method === 'subscribe') this.#wanted.add(topic);
      else this.forget(topic);
    }
    this.#read = this.#socket.sent.length;
    if (this.isSilent) return;
    for (const at of [height - 1, height]) {
      this.#tell('trades', tradesText(at));
      this.#tell('ticker', tickerText().replace(/"E":\d+/, `"E":${at}`));
      this.#tell('blockheight', heightText(at));
    }
  }

  #tell(topic: string, text: string): void {
    if (this.#wanted.has(topic) && this.#socket.state === 'open') this.#socket.say(text);
  }
}

const STEP = fc.record({
  kind: fc.constantFrom(
    ...(['pass', 'pass', 'pass', 'drop', 'dropAll', 'silence', 'forget'] as const),
    ...(['answer', 'answerClose', 'renew', 'wake', 'leaveOrCome'] as const),
  ),
  which: fc.integer({ min: 0, max: 11 }),
});

test('whatever has happened, once all is well one socket to each endpoint is open and serves, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 2 }),
      fc.boolean(),
      fc.constantFrom(Number.POSITIVE_INFINITY, 7000, 20_000),
      fc.array(STEP, { maxLength: 40, size: 'max' }),
      async (more, pulse, renewEvery, steps) => {
        const networks = Array.from({ length: more + 1 }, () => new MemoryNetwork());
        const setting = memoryDex({
          pulse,
          renewEvery,
          staleAfter: 5000,
          also: networks.slice(1).map((_, place) => `ws://${place + 1}.test/api/ws`),
          openSocket: (url, ...rest) => networks[Number(/\d/.exec(url)?.[0] ?? 0)]!.openSocket(url, ...rest),
        });
        const { dex, clock } = setting;
        const sessions = new WeakMap<MemorySocket, Session>();
        const sessionOf = (socket: MemorySocket): Session => {
          const session = sessions.get(socket) ?? new Session(socket);
          sessions.set(socket, session);
          return session;
        };
        const live = (): MemorySocket[] => networks.flatMap((network) => network.live);
        let height = 0;
        const pass = async (seconds: number): Promise<void> => {
          for (let second = 0; second < seconds; second++) {
            height += 2;
            for (const socket of live()) if (socket.state === 'open') sessionOf(socket).beat(height);
            await settled();
            await clock.pass(1000);
            await settled();
          }
        };
        const come = (): Handle[] => [
          dex.subscribe(trades, OF_SYMBOL, () => {}),
          dex.subscribe(ticker, OF_SYMBOL, () => {}),
        ];
        let handles = come();
        await settled();
        await pass(1);
        for (const { kind, which } of steps) {
          const socket = live()[which % Math.max(1, live().length)];
          const network = networks[which % networks.length]!;
          if (kind === 'pass') await pass(which + 1);
          else if (kind === 'drop') socket?.drop();
          else if (kind === 'dropAll') for (const one of live()) one.drop();
          else if (kind === 'silence' && socket) sessionOf(socket).isSilent = true;
          else if (kind === 'forget' && socket) sessionOf(socket).forget(TOPICS[which % TOPICS.length]!);
          else if (kind === 'answer') network.answer = (['accept', 'refuse', 'hang', 'throw'] as const)[which % 4]!;
          else if (kind === 'answerClose') network.answersClose = !network.answersClose;
          else if (kind === 'renew') void dex.renew();
          else if (kind === 'wake') dex.wake();
          else if (kind === 'leaveOrCome') {
            for (const handle of handles) handle.close();
            handles = handles.length ? [] : come();
          }
          await settled();
        }
        for (const network of networks) Object.assign(network, { answer: 'accept', answersClose: true });
        if (!handles.length) handles = come();
        await pass(150);
        // Not in the middle of a renewal.
        for (let tries = 0; tries < 40 && live().length !== networks.length; tries++) await pass(1);
        expect(dex.plan).toHaveLength(1);
        expect(dex.plan[0]?.paths.map(({ state, isServing }) => [state, isServing])).toEqual(
          networks.map(() => ['open', true]),
        );
        for (const network of networks) expect(network.live.map(({ state }) => state)).toEqual(['open']);
        for (const handle of handles) handle.close();
        await pass(30);
        expect(live()).toEqual([]);
        expect(clock.pending).toBe(0);
        expect(await closed(setting)).toBe(0);
        expect(setting.errors).toEqual([]);
        await expectNoUnhandledRejection();
      },
    ),
    { numRuns: 40 },
  );
});
