import { expect, test } from 'vitest';
import { wait } from './wait.ts';

test('a wait rejects with the reason of its signal, and takes back what it began', async () => {
  const controller = new AbortController();
  const ended: string[] = [];
  const waiting = wait(controller.signal, () => () => ended.push('ended'));
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(ended).toEqual(['ended']);
});

test('an aborted signal lets nothing begin', async () => {
  const reason = new Error('enough');
  await expect(
    wait(AbortSignal.abort(reason), () => {
      throw new Error('began');
    }),
  ).rejects.toBe(reason);
});

test('a settled wait leaves no listener on its signal', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners++;
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners--;
    remove(type, listener);
  };
  expect(
    await wait<number>(signal, ({ resolve }) => {
      resolve(7);
      return () => {};
    }),
  ).toBe(7);
  await expect(
    wait(signal, ({ reject }) => {
      reject(new Error('no'));
      return () => {};
    }),
  ).rejects.toThrow('no');
  expect(listeners).toBe(0);
});

test('what throws while it begins rejects', async () => {
  await expect(
    wait(undefined, () => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
});
