import { blockheight } from '@dexwire/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { closed, memoryDex } from '../../../tests/support/memoryDex.ts';
import { expectNoUnhandledRejection } from '../../../tests/support/rejections.ts';
import { heightText } from '../../../tests/support/sampleFrames.ts';
import { pageWakes } from './wake.ts';

afterEach(async () => {
  vi.unstubAllGlobals();
  await expectNoUnhandledRejection();
});

/** The events of a page, as far as they concern us. */
const page = () => {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const window = new EventTarget();
  vi.stubGlobal('document', document);
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
  return {
    network: (name: 'online' | 'offline') => window.dispatchEvent(new Event(name)),
    turn: (visibilityState: 'visible' | 'hidden') => {
      document.visibilityState = visibilityState;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
};

test('a page wakes when the network is back and when it is seen again, not when either goes', () => {
  const { network, turn } = page();
  let wakes = 0;
  const deafen = pageWakes(() => {
    wakes += 1;
  });
  network('offline');
  turn('hidden');
  expect(wakes).toBe(0);
  network('online');
  expect(wakes).toBe(1);
  turn('visible');
  expect(wakes).toBe(2);
  deafen();
  network('online');
  turn('visible');
  expect(wakes).toBe(2);
});

test('where there is no page nothing wakes, and nothing is missed', () => {
  expect(pageWakes(() => {})()).toBeUndefined();
});

test('a tab that is seen again looks at once whether its socket lives, and gets another one if not', async () => {
  const { turn } = page();
  const setting = memoryDex({ staleAfter: 5000 });
  const { dex, network, clock } = setting;
  dex.subscribe(blockheight, {}, () => {});
  await clock.pass(100);
  network.last.say(heightText(1));
  turn('hidden');
  await clock.pass(1500);
  expect(network.dialled).toBe(1);
  turn('visible');
  await clock.pass(1000);
  expect(network.dialled).toBe(2);
  network.last.say(heightText(2));
  expect(network.live).toEqual([network.last]);
  expect(await closed(setting)).toBe(0);
  turn('visible');
  expect(network.dialled).toBe(2);
});

test('however often and whenever it is woken, one socket is in use, and at most one more is on its way', async () => {
  const setting = memoryDex({ staleAfter: 5000 });
  const { dex, network, clock } = setting;
  dex.subscribe(blockheight, {}, () => {});
  await dex.ready();
  let height = 0;
  for (let round = 0; round < 200; round += 1) {
    // Each third socket is lost, each seventh round brings nothing to hear, and each fifth dial hangs.
    network.answer = round % 5 === 0 ? 'hang' : 'accept';
    dex.wake();
    dex.wake();
    await clock.pass(700);
    height += 1;
    if (round % 7 !== 0) for (const socket of network.live) if (socket.state === 'open') socket.say(heightText(height));
    if (round % 3 === 0) network.live.find(({ state }) => state === 'open')?.drop();
    expect(network.live.length).toBeLessThanOrEqual(2);
    expect(dex.plan.flatMap(({ paths }) => paths.filter(({ isServing }) => isServing)).length).toBeLessThanOrEqual(1);
  }
  network.answer = 'accept';
  // Longer than the longest pause between two attempts.
  for (let round = 0; round < 100; round += 1) {
    await clock.pass(700);
    height += 1;
    for (const socket of network.live) if (socket.state === 'open') socket.say(heightText(height));
  }
  expect(network.live).toHaveLength(1);
  expect(await closed(setting)).toBe(0);
});
