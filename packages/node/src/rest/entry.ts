/**
 * A door for messages as plain JSON, which need no signature: for scripts, tests and other languages. Off unless a node is
 * told to open it. This door is ours; the venue had none.
 * In: `POST /entry/transactions` with a message, or a list of them. Out: what became of each.
 */
import {
  type Message,
  MessageError,
  parseMessage,
  StrictJson,
  signerOf,
  withOrderId,
} from '@dexwire/protocol/transactions';
import type { Hono } from 'hono';
import type { Accepted } from '../chain/result.ts';
import type { OnFault } from './faultReply.ts';
import { jsonDoor } from './jsonDoor.ts';
import { RestError } from './restError.ts';
import type { EntryView, Submitted } from './restView.ts';

export const ENTRY_PATH = '/entry/transactions';

export const MAX_ENTRY_BYTES = 1_048_576;

/** Messages in one list. */
export const MAX_BATCH = 1_000;

/** An order's id ends in the sequence after that of its transaction (reference), which has to be exact too. */
const MOST_SEQUENCE = Number.MAX_SAFE_INTEGER - 1;

export interface EntryOptions {
  /** Names of this machine, without port, that are good besides `localhost` and the loopback addresses. */
  readonly hosts?: readonly string[];
  readonly onFault?: OnFault;
}

/** A message and what goes with it; without a sequence it gets the account's next one. */
export interface Entry {
  readonly message: Message;
  readonly memo: string;
  readonly source: number;
  readonly sequence: number | undefined;
}

const json = new StrictJson((path, problem) => new RestError(400, path === '' ? problem : `${path}: ${problem}`));

const readSequence = (value: unknown, path: string): number => {
  const sequence = json.whole(value, path, 0);
  return sequence <= MOST_SEQUENCE ? sequence : json.refuse(path, sequence, `at most ${MOST_SEQUENCE}`);
};

const readEntry = (value: unknown, path: string): Entry => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return json.refuse(path, value, 'an object');
  const at = (member: string): string => (path === '' ? member : `${path}.${member}`);
  const { memo, source, sequence, ...message }: Record<string, unknown> = { ...value };
  try {
    return {
      message: parseMessage(message),
      memo: memo === undefined ? '' : json.text(memo, at('memo')),
      source: source === undefined ? 0 : json.whole(source, at('source'), 0),
      sequence: sequence === undefined ? undefined : readSequence(sequence, at('sequence')),
    };
  } catch (error) {
    throw error instanceof MessageError
      ? new RestError(400, path === '' ? error.message : `${path}: ${error.message}`)
      : error;
  }
};

const submit = (view: EntryView, { message, memo, source, sequence: given }: Entry): Submitted => {
  const sequence = given ?? view.state.accounts.get(signerOf(message) ?? '')?.sequence ?? 0;
  return view.submit(withOrderId(message, sequence), { memo, source, sequence });
};

const acceptedBody = ({ hash, height }: Submitted, { log, data }: Accepted): object => ({
  hash,
  ok: true,
  code: 0,
  log,
  ...(data === undefined ? {} : { data }),
  height,
});

/** @throws RestError 400 with the chain's code and text. */
export const enterOne = (view: EntryView, entry: Entry): object => {
  const submitted = submit(view, entry);
  const { result } = submitted;
  if (result.ok) return acceptedBody(submitted, result);
  throw new RestError(400, result.message, result.code);
};

const enterOneOfMany = (view: EntryView, entry: Entry): object => {
  const submitted = submit(view, entry);
  const { result } = submitted;
  return result.ok ? acceptedBody(submitted, result) : { ok: false, code: result.code, message: result.message };
};

/**
 * One message is answered with 200, or with 400 and the chain's code and text. A list is read as a whole before anything of
 * it is done, then each is entered in turn, whatever became of those before; it is answered with 200 and a list of the same
 * length, in which refused ones have `ok` false.
 */
export const entryApp = (view: EntryView, { hosts = [], onFault }: EntryOptions = {}): Hono =>
  jsonDoor({
    path: ENTRY_PATH,
    maxBytes: MAX_ENTRY_BYTES,
    wanted: 'a message or a list of messages',
    hosts,
    onFault,
    handle: (body) => {
      if (!Array.isArray(body)) return enterOne(view, readEntry(body, ''));
      if (body.length === 0 || body.length > MAX_BATCH)
        throw new RestError(400, `the list has ${body.length} messages, allowed are 1 to ${MAX_BATCH}`);
      const entries = body.map((value, index) => readEntry(value, `[${index}]`));
      return entries.map((entry) => enterOneOfMany(view, entry));
    },
  });
