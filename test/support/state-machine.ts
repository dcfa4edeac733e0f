/** Executes a state machine as far as ours go: the packaged definition, with functions and waits that a test gives. */
import pLimit from 'p-limit';

type Data = Readonly<Record<string, unknown>>;

type State = {
  readonly Type: string;
  readonly Next?: string;
  readonly Resource?: unknown;
  readonly Parameters?: unknown;
  readonly Result?: unknown;
  readonly ResultPath?: string;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
  }[];
  readonly Catch?: readonly { readonly ResultPath?: string; readonly Next: string }[];
  readonly Choices?: readonly Data[];
  readonly Default?: string;
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Error?: string;
  readonly ItemSelector?: unknown;
  readonly MaxConcurrency?: number;
  readonly ItemProcessor?: Definition;
};

export type Definition = {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

export type Surroundings = {
  /** A function by its logical ID, or a call of a service by its ARN. */
  readonly runTask: (resource: string, input: unknown) => Promise<unknown>;
  readonly sleep: (ms: number) => Promise<void>;
  /** What `$$` is. */
  readonly context: Data;
  /** The items of a map. */
  readonly readItems: () => readonly Data[];
  /** Called for each state that is entered. */
  readonly onState?: (name: string) => void;
};

export class Failed extends Error {
  override readonly name: string;

  constructor(error: string) {
    super(error);
    this.name = error;
  }
}

/** Returns the output; throws `Failed` with the error of a Fail state. */
export async function execute(
  { StartAt, States }: Definition,
  input: unknown,
  around: Surroundings,
): Promise<unknown> {
  let name: string | undefined = StartAt;
  let data = input;
  while (name !== undefined) {
    const state: State | undefined = States[name];
    if (state === undefined) throw new Failed(`There is no state ${name}`);
    around.onState?.(name);
    const enter: Enter | undefined = ENTER[state.Type];
    if (enter === undefined) throw new Failed(`There is no type ${state.Type}`);
    ({ data, next: name } = await enter(state, data, around));
  }
  return data;
}

type Step = { readonly data: unknown; readonly next: string | undefined };

type Enter = (state: State, data: unknown, around: Surroundings) => Promise<Step>;

const ENTER: Readonly<Record<string, Enter>> = {
  Fail: (state) => Promise.reject(new Failed(state.Error ?? '')),
  Choice: (state, data) => Promise.resolve({ data, next: choose(state, data) }),
  Wait: async ({ Next: next, Seconds, SecondsPath = '' }, data, around) => {
    await around.sleep(1000 * (Seconds ?? Number(look(SecondsPath, data))));
    return { data, next };
  },
  Task: runTask,
  Map: async (state, data, around) => {
    await runMap(state, data, around);
    return { data, next: state.Next };
  },
  Pass: ({ Next: next, Parameters = '$', Result }, data, around) =>
    Promise.resolve({ data: Result ?? fillOr(Parameters, data, around), next }),
  Succeed: (_state, data) => Promise.resolve({ data, next: undefined }),
};

async function runTask(state: State, data: unknown, around: Surroundings): Promise<Step> {
  const { Next: next, Parameters = '$', Resource, ResultPath } = state;
  const named = Resource as { 'Fn::GetAtt'?: [string]; 'Fn::Sub'?: string };
  const resource = named['Fn::GetAtt']?.[0] ?? named['Fn::Sub'] ?? String(Resource);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const result = await around.runTask(resource, fillOr(Parameters, data, around));
      return { data: put(data, result, ResultPath), next };
    } catch (error) {
      if (!isRepeated(state, error, attempt)) return recover(state, data, error);
    }
  }
}

function isRepeated({ Retry = [] }: State, error: unknown, attempt: number): boolean {
  const isUsage = error instanceof Error && error.name === 'UsageError';
  const all = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
  return !isUsage && attempt < (all?.MaxAttempts ?? 0);
}

function recover({ Catch: [caught] = [] }: State, data: unknown, error: unknown): Step {
  if (caught === undefined) throw error;
  return { data: put(data, { Cause: String(error) }, caught.ResultPath), next: caught.Next };
}

/** `$` is all of it. */
const fillOr = (template: unknown, data: unknown, around: Surroundings): unknown =>
  template === '$' ? data : fill(template, data, around);

/** As AWS does, a failed child ends the map; children at work are left. */
async function runMap(state: State, data: unknown, around: Surroundings): Promise<void> {
  const { ItemProcessor: child, ItemSelector = '$', MaxConcurrency = 1 } = state;
  if (child === undefined) throw new Failed('A map without a processor');
  const limit = pLimit(MaxConcurrency);
  let failure: unknown;
  const runs = around.readItems().map((Value) =>
    limit(async () => {
      if (failure !== undefined) return;
      const context = { ...around.context, Map: { Item: { Value } } };
      const input = fillOr(ItemSelector, data, { ...around, context });
      await execute(child, input, around).catch((error: unknown) => {
        failure ??= error;
      });
    }),
  );
  await Promise.all(runs);
  if (failure !== undefined) throw new Failed('States.ExceedToleratedFailureThreshold');
}

function choose({ Choices = [], Default }: State, data: unknown): string | undefined {
  const chosen = Choices.find(({ NumericGreaterThan, StringEquals, Variable }) => {
    const value = look(String(Variable), data);
    return StringEquals === undefined
      ? Number(value) > Number(NumericGreaterThan)
      : value === StringEquals;
  });
  return chosen === undefined ? Default : String(chosen.Next);
}

/** The template with what its paths name. */
function fill(template: unknown, data: unknown, around: Surroundings): unknown {
  if (Array.isArray(template)) return template.map((each) => fill(each, data, around));
  if (typeof template !== 'object' || template === null) return template;
  const filled = Object.entries(template).map(([key, value]) =>
    key.endsWith('.$')
      ? [key.slice(0, -2), look(String(value), data, around)]
      : [key, fill(value, data, around)],
  );
  return Object.fromEntries(filled) as unknown;
}

function look(path: string, data: unknown, around?: Surroundings): unknown {
  const [root, ...names] = path.split('.');
  const from = root === '$$' ? around?.context : data;
  return names.reduce((value: unknown, name) => (value as Data)[name], from);
}

function put(data: unknown, result: unknown, path = '$'): unknown {
  if (path === '$') return result;
  return { ...(data as Data), [path.slice(2)]: result };
}
