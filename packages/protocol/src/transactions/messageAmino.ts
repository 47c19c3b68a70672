/**
 * Messages in the chain's binary form: four bytes that tell the type, then the fields.
 * In: a message, or bytes. Out: the other; a `TransactionError` with its place for what is no message.
 */
import { shown, TransactionError } from '../errors.ts';
import { type AminoReader, AminoWriter } from './amino.ts';
import type { Message } from './message.ts';
import { MESSAGES, type MessageShape } from './messageFields.ts';

const PREFIX_BYTES = 4;

/** @throws TransactionError for a type there is none of. */
export const messageShape = (message: Message, path: string): MessageShape => {
  const { type } = message;
  if (!Object.hasOwn(MESSAGES, type))
    throw new TransactionError(
      `${path}.type`,
      `found ${shown(type)}, expected one of ${Object.keys(MESSAGES).join(', ')}`,
    );
  return MESSAGES[type];
};

export const encodeMessage = (message: Message, path: string): Uint8Array => {
  const shape = messageShape(message, path);
  const prefix = new Uint8Array(PREFIX_BYTES);
  new DataView(prefix.buffer).setUint32(0, shape.typePrefix);
  const writer = new AminoWriter().raw(prefix);
  shape.write(writer, message, path);
  return writer.finish();
};

/** @param prefix - Network of its addresses. */
export const decodeMessage = (reader: AminoReader, path: string, prefix: string): Message => {
  const bytes = reader.take(PREFIX_BYTES, path);
  const found = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES).getUint32(0);
  for (const [type, shape] of Object.entries(MESSAGES)) {
    if (shape.typePrefix === found) return { type, ...shape.read(reader, path, prefix) } as Message;
  }
  return reader.refuse(path, `found the prefix ${found.toString(16).padStart(8, '0')}, expected that of a message`);
};
