import assert from 'node:assert/strict';
import { BookError, ConnectionError, GapError } from 'dexwire';
import { WalletError } from 'dexwire/wallet';
import { test } from 'vitest';
import { CliError, EndedError } from './errors.ts';
import { EXIT, EXIT_MEANINGS, endingOf } from './exit.ts';

test.each([
  [new CliError('USAGE', 'x'), EXIT.usage],
  [new CliError('FAILED', 'x'), EXIT.failed],
  [new CliError('GAP', 'x'), EXIT.gap],
  [new GapError('x'), EXIT.gap],
  [new CliError('UNREACHABLE', 'x'), EXIT.unreachable],
  [new ConnectionError('CONNECT_FAILED', 'x'), EXIT.unreachable],
  [new BookError('TIMED_OUT', 'x'), EXIT.unreachable],
  [new WalletError('TIMED_OUT', 'x'), EXIT.unreachable],
  [new WalletError('UNREACHABLE', 'x'), EXIT.unreachable],
  [new WalletError('INVALID', 'x'), EXIT.usage],
  [new WalletError('REFUSED', 'x'), EXIT.failed],
  [new WalletError('UNCERTAIN', 'x'), EXIT.uncertain],
  [new WalletError('UNCONFIRMED', 'x'), EXIT.uncertain],
])('%s has an exit code of its own, and its message is told', (error, exit) => {
  assert.deepEqual(endingOf(error), { exit, message: error.message });
});

test('whoever ended the program has nothing to be told', () => {
  assert.deepEqual(
    (['EPIPE', 'SIGHUP', 'SIGINT', 'SIGTERM'] as const).map((by) => endingOf(new EndedError(by))),
    [{ exit: 0 }, { exit: 129 }, { exit: 130 }, { exit: 143 }],
  );
});

test('a mistake in this program is thrown on, so that its stack is seen', () => {
  for (const mistake of [new TypeError('x'), Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }), 'x'])
    assert.throws(
      () => endingOf(mistake),
      (thrown) => thrown === mistake,
    );
});

test('every exit code has a meaning that help tells', () => {
  const told = EXIT_MEANINGS.map(([code]) => code);
  assert.deepEqual([...told].sort(), Object.values(EXIT).sort());
});
