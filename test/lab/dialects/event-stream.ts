import { crc32 } from 'node:zlib';

const encoder = new TextEncoder();

function printHeader(name: string, value: string): Uint8Array {
  const [nameBytes, valueBytes] = [encoder.encode(name), encoder.encode(value)];
  const length = new Uint8Array(2);
  new DataView(length.buffer).setUint16(0, valueBytes.length);
  // 7: a string.
  return Buffer.concat([Uint8Array.of(nameBytes.length), nameBytes, Uint8Array.of(7), length, valueBytes]);
}

/**
 * A message of AWS's binary event stream: lengths, a checksum of them, headers, payload, a checksum of all.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function printMessage(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const headerBytes = Buffer.concat(Object.entries(headers).map(([name, value]) => printHeader(name, value)));
  const body = encoder.encode(payload);
  const message = Buffer.alloc(16 + headerBytes.length + body.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headerBytes.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  message.set(headerBytes, 12);
  message.set(body, 12 + headerBytes.length);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
  return message;
}

const json = { ':content-type': 'application/json' };

export const printEvent = (type: string, payload: unknown): Uint8Array =>
  printMessage(
    { ':message-type': 'event', ':event-type': type, ...json },
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  );

export const printException = (type: string, message: string): Uint8Array =>
  printMessage({ ':message-type': 'exception', ':exception-type': type, ...json }, JSON.stringify({ message }));
