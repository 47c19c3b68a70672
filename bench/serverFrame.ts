/**
 * A text as a WebSocket server sends it. Spelled out here: the project's own framing is under test.
 * In: text. Out: the bytes of one frame.
 */
export const serverFrame = (text: string): Buffer => {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header =
    length < 126
      ? Buffer.from([0x81, length])
      : length < 65_536
        ? Buffer.from([0x81, 126, length >> 8, length & 255])
        : Buffer.from([0x81, 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]);
  return Buffer.concat([header, payload]);
};
