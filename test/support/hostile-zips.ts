/** Zips that nobody should have to read. */
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export type ZippedFile = { readonly name: string; readonly content: Buffer | string };

/** The header of an entry in the list at the end, and where in it these stand. */
const ENTRY = Buffer.from('PK\u0001\u0002', 'latin1');
const [FLAGS_AT, SIZE_AT] = [8, 24];

export async function zip(files: readonly ZippedFile[]): Promise<Buffer> {
  const made = new ZipFile();
  for (const { content, name } of files) made.addBuffer(Buffer.from(content), name);
  made.end();
  return await buffer(made.outputStream);
}

/** The first entry says that it is encrypted. */
export function encrypt(bytes: Buffer): Buffer {
  const patched = Buffer.from(bytes);
  const at = patched.indexOf(ENTRY) + FLAGS_AT;
  patched.writeUInt16LE(patched.readUInt16LE(at) | 1, at);
  return patched;
}

/** The first entry says that it has so many bytes unpacked. */
export function declareSize(bytes: Buffer, size: number): Buffer {
  const patched = Buffer.from(bytes);
  patched.writeUInt32LE(size, patched.indexOf(ENTRY) + SIZE_AT);
  return patched;
}

/** Another name of the same length. */
export function rename(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}
