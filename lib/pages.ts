/** These rows in their order, so many at a time; the last page can be shorter. */
export function* toPages<Row>(rows: Iterable<Row>, rowsPerPage = 500): Generator<Row[]> {
  let page: Row[] = [];
  for (const row of rows) {
    page.push(row);
    if (page.length < rowsPerPage) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
