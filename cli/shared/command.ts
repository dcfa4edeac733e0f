/** Declares the options of a command as zod fields. */
import { Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';

type Field<Value> = z.ZodMiniType<Value>;
type Fields = Readonly<Record<string, Field<unknown>>>;

/** The parsed options of a command. */
export type OptionsOf<All extends Fields> = z.output<z.ZodMiniObject<All>>;

const written = new WeakMap<Field<unknown>, Option>();

/** Any option; the ones below are the usual kinds. */
export function field<Value>(form: Field<Value>, option: Option): Field<Value> {
  written.set(form, option);
  return form;
}

/** Without a value: false unless given. */
export const flag = (flags: string, description: string): Field<boolean> =>
  field(z._default(z.boolean(), false), new Option(flags, description));

export const optionalText = (flags: string, description: string): Field<string | undefined> =>
  field(z.optional(z.string()), new Option(flags, description));

export const text = (flags: string, description: string, byDefault: string): Field<string> =>
  field(z.string(), new Option(flags, description).default(byDefault));

export const choice = <Value extends string>(
  [flags, description]: readonly [flags: string, description: string],
  values: readonly Value[],
  byDefault: Value,
): Field<Value> =>
  field(z.enum(values), new Option(flags, description).choices(values).default(byDefault));

/** A whole number from 1 to `max`. */
export const count = (
  [flags, description]: readonly [flags: string, description: string],
  max: number,
  byDefault: number,
): Field<number> =>
  field(z.number(), new Option(flags, description).argParser(parseCount(max)).default(byDefault));

export function parseCount(max: number): (given: string) => number {
  return (given) => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${max}.`);
  };
}

export const parsePort = parseCount(65_535);

/** `one,other` as some of these values. */
export function parseList<Value extends string>(
  values: readonly Value[],
): (given: string) => Value[] {
  const parseOne = (part: string): Value => {
    const value = values.find((one) => one === part.trim());
    if (value !== undefined) return value;
    throw new InvalidArgumentError(`Choose from ${values.join(', ')}, separated by commas.`);
  };
  return (given) => given.split(',').map(parseOne);
}

type Definition<All extends Fields> = {
  readonly name: string;
  readonly description: string;
  readonly options: All;
  /** What stands behind the name, as commander writes it: `[link...]`. */
  readonly arguments?: readonly (readonly [form: string, description: string])[];
  /** Examples, notes and exit codes, printed below the options. */
  readonly help: readonly string[];
  /** Returns the exit code. */
  readonly run: (options: OptionsOf<All>, given: readonly string[]) => Promise<number>;
};

/** Creates the command for commander. */
export function defineCommand<const All extends Fields>(definition: Definition<All>): Command {
  const { description, help, name, options, run } = definition;
  const schema = z.object(options);
  const command = addOptions(new Command(name), options)
    .description(description)
    .addHelpText('after', ['', ...help].join('\n'))
    .exitOverride();
  for (const each of definition.arguments ?? []) command.argument(...each);
  return command.action(async () => {
    process.exitCode = await run(schema.parse(command.opts()), command.args);
  });
}

/** What a command line without options says. */
export const defaultsOf = <const All extends Fields>(fields: All): OptionsOf<All> =>
  z.object(fields).parse(addOptions(new Command(), fields).opts());

/** Adds the options of these fields, in their order. */
export function addOptions(command: Command, fields: Fields): Command {
  for (const each of Object.values(fields)) {
    const option = written.get(each);
    if (option !== undefined) command.addOption(option);
  }
  return command;
}
