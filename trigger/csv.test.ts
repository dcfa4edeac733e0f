import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { CsvFault, readCsvRecords, skipByteOrderMark, toCsvLine } from './csv.ts';

/** The usual package, told to read as this project does. */
function readAsThePackage(source: Buffer): { cells: string[]; end: number }[] | 'refused' {
  const records: { cells: string[]; end: number }[] = [];
  try {
    parse(source, {
      bom: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (cells: string[], { bytes: end }) => {
        records.push({ cells, end });
        return null;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) return 'refused';
    throw error;
  }
  return records;
}

function read(source: Buffer): unknown {
  try {
    return [...readCsvRecords(source, skipByteOrderMark(source))];
  } catch (error) {
    if (error instanceof CsvFault) return 'refused';
    throw error;
  }
}

/** Texts made of what matters in CSV. */
const wild = fc
  .array(fc.constantFrom(',', '"', '""', '\n', '\r', '\r\n', 'a', 'é', ' ', '日', '\ufeff'))
  .map((parts) => parts.join(''));

describe('CSV', () => {
  it('is read as the usual package reads it, byte for byte, or refused as that refuses it', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const source = Buffer.from(text);
        const theirs = readAsThePackage(source);

        expect({ text, records: read(source) }).toEqual({ text, records: theirs });
      }),
      { numRuns: 2_000 },
    );
  });

  it('is written as the usual package writes it, and read back as it was', () => {
    const cells = fc.array(wild, { minLength: 2 });
    fc.assert(
      fc.property(cells, (line) => {
        const text = toCsvLine(line);

        expect(text).toBe(stringify([line], { eof: false, quoted_match: /[\r\n]/ }));
        expect([...readCsvRecords(Buffer.from(text))]).toEqual(
          text === '' ? [] : [{ cells: line, end: Buffer.byteLength(text) }],
        );
      }),
    );
  });
});
