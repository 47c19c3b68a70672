/**
 * A text message as the bytes of a WebSocket: RFC 6455 §5.2, from server to client, so without a mask.
 * In: text. Out: one final frame, header and payload in one piece.
 */
const FINAL_TEXT = 0x81;

/** @returns Bytes that may be handed to any number of sockets, as long as nobody writes into them. */
export const webSocketFrame = (text: string): Uint8Array => {
  const length = Buffer.byteLength(text);
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL_TEXT;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
};
