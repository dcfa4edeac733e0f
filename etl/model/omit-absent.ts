type Present<T> = {
  [Field in keyof T as null extends T[Field]
    ? never
    : undefined extends T[Field]
      ? never
      : Field]: T[Field];
} & {
  [Field in keyof T as null extends T[Field]
    ? Field
    : undefined extends T[Field]
      ? Field
      : never]?: NonNullable<T[Field]>;
};

/**
 * The same fields without those that are null or undefined: in a record, absent is absent. Zero, false and the empty text
 * are values and stay.
 */
export function present<T extends object>(fields: T): Present<T>;
export function present(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, storable(value)]],
    ),
  );
}

/** Half a surrogate pair cannot be stored: the table would return another text, and every run would see a difference. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
