/**
 * The key that signs: from a file, from stdin or from the environment, never from an argument, which every user of the
 * machine can read, and never printed.
 * In: `--key-file`, the environment. Out: a private key; a `CliError` `USAGE` that shows nothing of what was found.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { KeyError, privateKeyOfMnemonic } from '@dexwire/protocol/transactions';
import { CliError, messageOf } from '../errors.ts';
import type { KeyOptions } from '../options.ts';
import type { World } from '../world.ts';

/** Of a file or of what is typed: a key, or words and some white space. */
const MOST_BYTES = 10_000;
/** Of a mnemonic. */
const LEAST_WORDS = 12;

const usage = (message: string): CliError => new CliError('USAGE', message);

const textOfStdin = async ({ stdin, signal }: World): Promise<string> => {
  let text = '';
  const leave = (): void => void stdin.destroy();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const chunk of stdin) {
      text += chunk;
      if (text.length > MOST_BYTES) throw usage('--key-file -: stdin has more than a key');
    }
  } finally {
    signal.removeEventListener('abort', leave);
  }
  signal.throwIfAborted();
  return text;
};

/** The bits that let others than the owner read or write. Windows tells none that mean anything. */
const OTHERS = 0o077;

/** All of a file, which may be a pipe or a device; no more than a key has. */
const textOf = (descriptor: number, file: string): string => {
  const bytes = Buffer.alloc(MOST_BYTES + 1);
  let size = 0;
  for (let read = -1; read !== 0 && size < bytes.length; size += read)
    read = readSync(descriptor, bytes, size, bytes.length - size, null);
  if (size > MOST_BYTES) throw usage(`--key-file: ${file} has more than a key`);
  return bytes.toString('utf8', 0, size);
};

const textOfFile = (file: string, { stderr }: World): string => {
  if (isKey(file) || file.trim().split(/\s+/).length >= LEAST_WORDS)
    throw usage('--key-file is the name of a file, and what it was given looks like the key: others may have read it');
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const text = textOf(descriptor, file);
    if (process.platform !== 'win32' && fstatSync(descriptor).mode & OTHERS)
      stderr.write(`dexwire: others can read ${file}: run chmod 600 ${file}\n`);
    return text;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw usage(`--key-file: ${messageOf(error)}`); // of the file system, which does not tell what a file holds
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

const isKey = (text: string): boolean => /^(0x)?[0-9a-f]{64}$/i.test(text);

/** A private key in hex, or the words that it comes from. */
const keyOf = (from: string, text: string, account: number): string => {
  const trimmed = text.trim();
  if (isKey(trimmed)) {
    if (account === 0) return trimmed.replace(/^0x/i, '');
    throw usage(`--account is for words, and ${from} has a key`);
  }
  if (!/\s/.test(trimmed))
    throw usage(`${from}: expected a key of 64 hex digits, or 12 to 24 words; what it has is not shown`);
  try {
    return privateKeyOfMnemonic(trimmed, { index: account });
  } catch (error) {
    if (error instanceof KeyError) throw usage(`${from}: ${error.message}`);
    throw error;
  }
};

/** @throws CliError `USAGE`; the signal's reason. */
export const readKey = async (world: World, { keyFile, account }: KeyOptions): Promise<string> => {
  const { DEXWIRE_KEY: key, DEXWIRE_MNEMONIC: words } = world.env;
  if (keyFile === '-') return keyOf('stdin', await textOfStdin(world), account);
  if (keyFile !== undefined) return keyOf(keyFile, textOfFile(keyFile, world), account);
  if (key && words) throw usage('both DEXWIRE_KEY and DEXWIRE_MNEMONIC are set: unset one, or say --key-file FILE');
  if (key) return keyOf('DEXWIRE_KEY', key, account);
  if (words) return keyOf('DEXWIRE_MNEMONIC', words, account);
  throw usage(
    'no key to sign with: say --key-file FILE, or set DEXWIRE_KEY or DEXWIRE_MNEMONIC; a node of yours tells keys: dexwire node',
  );
};
