/** Many short texts as bytes in few large pieces of memory: as strings they would be most of what a long start holds. */
export type TextArena = {
  /** Keeps a text and returns its number. */
  readonly add: (text: string) => number;
  readonly get: (id: number) => Buffer;
};

const PIECE_BYTES = 1_048_576;

export function createTextArena(): TextArena {
  const pieces: Buffer[] = [];
  const places: { readonly piece: number[]; readonly start: number[]; readonly end: number[] } = {
    piece: [],
    start: [],
    end: [],
  };
  let piece = Buffer.alloc(0);
  let used = 0;
  const makeRoom = (bytes: number): void => {
    if (piece.length - used >= bytes) return;
    piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes));
    pieces.push(piece);
    used = 0;
  };
  return {
    add: (text) => {
      makeRoom(Buffer.byteLength(text));
      const start = used;
      used += piece.write(text, used);
      places.piece.push(pieces.length - 1);
      places.start.push(start);
      return places.end.push(used) - 1;
    },
    get: (id) => {
      const found = pieces[places.piece[id] ?? -1] ?? Buffer.alloc(0);
      return found.subarray(places.start[id], places.end[id]);
    },
  };
}
