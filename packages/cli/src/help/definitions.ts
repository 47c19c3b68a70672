/**
 * The program as data: what completions and the man page are made of, so that neither can say other things than the help.
 * In: a program. Out: its verbs, with their arguments and options.
 */
import type { Argument, Command, Option } from 'commander';

export interface OptionDefinition {
  /** `--count`, or with the short one in front: `-n`, `--network`. */
  readonly names: readonly string[];
  /** As help has it: `--count <n>`. */
  readonly flags: string;
  readonly text: string;
  readonly takesValue: boolean;
  /** It may also stand without one. */
  readonly isValueOptional: boolean;
  readonly choices: readonly string[];
  /** In words, where it has one. */
  readonly preset: string | undefined;
}

export interface ArgumentDefinition {
  /** As help has it: `<stream...>`. */
  readonly form: string;
  readonly text: string;
  readonly choices: readonly string[];
}

export interface VerbDefinition {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  /** What stands below the options in its help. */
  readonly more: string;
}

const optionOf = (option: Option): OptionDefinition => ({
  names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
  flags: option.flags,
  text: option.description,
  takesValue: option.required || option.optional,
  isValueOptional: option.optional,
  choices: option.argChoices ?? [],
  preset:
    option.defaultValue === undefined || typeof option.defaultValue === 'boolean'
      ? undefined
      : (option.defaultValueDescription ?? String(option.defaultValue)),
});

const argumentOf = (argument: Argument): ArgumentDefinition => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return {
    form: argument.required ? `<${name}>` : `[${name}]`,
    text: argument.description,
    choices: argument.argChoices ?? [],
  };
};

/** What `addHelpText` has put behind a verb's help. */
const moreOf = (verb: Command): string => {
  let text = '';
  const { writeOut } = verb.configureOutput();
  verb.configureOutput({ writeOut: (part) => (text += part) });
  try {
    verb.outputHelp();
  } finally {
    verb.configureOutput(writeOut ? { writeOut } : {});
  }
  const own = verb.helpInformation();
  return text.startsWith(own) ? text.slice(own.length).trim() : '';
};

/** Help of a verb itself is the same for all. */
const HELP: OptionDefinition = {
  names: ['-h', '--help'],
  flags: '-h, --help',
  text: 'tell about it',
  takesValue: false,
  isValueOptional: false,
  choices: [],
  preset: undefined,
};

export const optionsOf = (command: Command): OptionDefinition[] => [
  ...command.options.filter(({ hidden }) => !hidden).map(optionOf),
  HELP,
];

export const verbsOf = (program: Command): VerbDefinition[] =>
  program.commands.map((verb) => ({
    name: verb.name(),
    summary: verb.summary() || verb.description(),
    description: verb.description(),
    arguments: verb.registeredArguments.map(argumentOf),
    options: optionsOf(verb),
    more: moreOf(verb),
  }));
