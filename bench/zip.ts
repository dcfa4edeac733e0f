import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY_SIZE = 22;
const LOCAL_HEADER_SIZE = 30;

/** The content of a zip archive that holds exactly one file; throws for any other. */
export function unzipOnlyFile(zip: Buffer): Buffer {
  const end = zip.length - END_OF_DIRECTORY_SIZE;
  if (zip.toString('latin1', end, end + 4) !== 'PK\x05\x06') {
    throw new Error('Not a zip archive, or one with a comment.');
  }
  const files = zip.readUInt16LE(end + 10);
  if (files !== 1) throw new Error(`One file expected in the archive, ${files} found.`);
  const entry = zip.readUInt32LE(end + 16);
  const size = zip.readUInt32LE(entry + 20);
  const header = zip.readUInt32LE(entry + 42);
  const start =
    header + LOCAL_HEADER_SIZE + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const content = zip.subarray(start, start + size);
  const isDeflated = zip.readUInt16LE(entry + 10) === 8;
  return isDeflated ? inflateRawSync(content) : content;
}
