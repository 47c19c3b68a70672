import { afterEach, expect, test, vi } from 'vitest';
import { openSocket } from './socket.ts';

/** The part of a browser's WebSocket that is used. */
class Web {
  static last: Web;
  readonly url: string;
  readonly sent: string[] = [];
  readonly codes: (number | undefined)[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number; reason: string }) => void;
  constructor(url: string) {
    this.url = url;
    Web.last = this;
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(code?: number): void {
    this.codes.push(code);
  }
}

afterEach(() => vi.unstubAllGlobals());

test('the browser’s WebSocket is used with what every browser has', () => {
  vi.stubGlobal('WebSocket', Web);
  const told: unknown[] = [];
  const socket = openSocket('ws://node.test/api/ws', false);
  socket.onOpen = () => told.push('open');
  socket.onText = (text) => told.push(text);
  socket.onClose = (code, reason) => told.push([code, reason]);
  const web = Web.last;
  web.onopen?.();
  web.onmessage?.({ data: '{}' });
  socket.send('a');
  socket.close();
  socket.terminate();
  web.onclose?.({ code: 1001, reason: 'away' });
  expect(web.url).toBe('ws://node.test/api/ws');
  expect(told).toEqual(['open', '{}', [1001, 'away']]);
  expect(web.sent).toEqual(['a']);
  expect(web.codes).toEqual([1000, 1000]);
});

test('a browser decides whom it trusts, so a certificate to trust is an error, and nothing is dialled', () => {
  vi.stubGlobal('WebSocket', () => expect.fail('it dialled'));
  for (const ca of ['PEM', '', []])
    expect(() => openSocket('wss://node.test/api/ws', false, ca)).toThrow(
      expect.objectContaining({
        name: 'ConnectionError',
        code: 'CA_UNUSABLE',
        message: expect.stringMatching(/browser/),
      }),
    );
});
