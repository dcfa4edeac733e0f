import { appendRow, parseSyncs, recordInSyncs } from './syncs-file.ts';

const edit = (text: string): string =>
  Buffer.concat([
    ...parseSyncs(Buffer.from(text), ({ name }) =>
      name === 'b' ? { response: 'done, "so"', last_run: 'now' } : undefined,
    ).chunks,
  ]).toString();

test('only the cells that are recorded change, and missing columns are added', () => {
  expect(edit('name,source,target,Note\r\na,s,t,"x\ny"\r\n# no row\r\n\r\nb,s,t,1\r\n')).toBe(
    'name,source,target,Note,last_run,response\r\na,s,t,"x\ny"\r\n# no row\r\n\r\nb,s,t,1,now,"done, ""so"""\r\n',
  );
});

test('semicolons, a byte order mark and an open last line stay', () => {
  expect(edit('\ufeffName;Source;Target;Response;Last run\nb;s;t;;')).toBe(
    '\ufeffName;Source;Target;Response;Last run\nb;s;t;"done, ""so""";now',
  );
});

test('a row has its columns by name, in any order', () => {
  const { rows } = parseSyncs(
    Buffer.from('mode,target,name,source,max-removals\nmirror,t, n ,s,30\n'),
  );
  expect(rows).toMatchObject([
    { line: 2, mode: 'mirror', target: 't', name: 'n', source: 's', max_removals: '30', apply: '' },
  ]);
});

test('rows that are too short or too long keep what they have', () => {
  expect(edit('name,source,target\nb,s\nb,s,t,,,more\n')).toBe(
    'name,source,target,last_run,response\nb,s,,now,"done, ""so"""\nb,s,t,now,"done, ""so""",more\n',
  );
});

test('a comment may have quotes, and is never the header', () => {
  const text = '# my "source, source\r\nname,source,target\r\n# 5" disk\r\nb,s,t\r\n';
  expect(edit(text)).toBe(
    '# my "source, source\r\nname,source,target,last_run,response\r\n# 5" disk\r\nb,s,t,now,"done, ""so"""\r\n',
  );
});

test('a row that is added brings the columns that it needs, and ends as the others do', () => {
  const row = { name: 'n', source: 's', target: 't', mode: 'mirror', apply: 'ask' };
  const add = (text: string): string =>
    Buffer.concat([...appendRow(Buffer.from(text), row)]).toString();
  expect(add('# source\r\ntarget;name;source\r\nx;y;z')).toBe(
    '# source\r\ntarget;name;source;mode;apply;max_removals;last_run;response\r\nx;y;z\r\nt;n;s;mirror;ask;;;\r\n',
  );
  expect(() => add('name,source,target\nn,s,t\n')).toThrow(/has a pair of the name n already/);
});

test('a target that a person has changed since it was read stays, and the others become links', async () => {
  const read = 'name,source,target\na,s,new:A\nb,s,new:B\nc,s,new:C\n';
  let content = read.replace('new:A', 'new:Other').replace('new:C', 'link of mine');
  const store = {
    name: 'syncs.csv',
    read: () => Promise.resolve(Buffer.from(content)),
    replace: (chunks: Iterable<Uint8Array>) => {
      content = Buffer.concat([...chunks]).toString();
      return Promise.resolve(true);
    },
  };
  const recorded = ['a', 'b', 'c'].map(
    (name) => [name, { target: 'link', response: 'r' }] as const,
  );

  await recordInSyncs(store, new Map(recorded), parseSyncs(Buffer.from(read)).rows);

  expect(content).toBe(
    'name,source,target,last_run,response\na,s,new:Other,,r\nb,s,link,,r\nc,s,link of mine,,r\n',
  );
});

test.each([
  ['', /Line 1: the column name is missing/],
  ['name,source\n', /Line 1: the column target is missing/],
  ['name,source,target,name\n', /Line 1: the column name appears twice/],
  ['name,source,target\na,b",c\n', /Line 2 cannot be read/],
])('%j is refused', (text, message) => {
  expect(() => parseSyncs(Buffer.from(text))).toThrow(message);
});
