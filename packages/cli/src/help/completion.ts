/**
 * Completion for shells, made from the program's own definitions.
 * In: a program, a shell. Out: the script that the shell is to read.
 */
import { allTopics } from '@dexwire/protocol';
import type { Command } from 'commander';
import { type OptionDefinition, optionsOf, type VerbDefinition, verbsOf } from './definitions.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Words that may stand where a value is due; none for a value that only the user knows, and a file for what names one. */
const valuesOf = ({ flags, names, choices }: OptionDefinition): readonly string[] | 'file' => {
  if (choices.length) return choices;
  if (names.includes('--network')) return ['local', 'testnet', 'mainnet'];
  return /<file>/.test(flags) ? 'file' : [];
};

/** Words that may stand where the arguments of a verb are due. */
const wordsOf = ({ name, arguments: args }: VerbDefinition, verbs: readonly VerbDefinition[]): readonly string[] => {
  if (args.some(({ form }) => form.includes('stream...'))) return allTopics();
  if (name === 'help') return verbs.map((verb) => verb.name);
  return args.flatMap(({ choices }) => choices);
};

const single = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;

const HELP_VERB: VerbDefinition = {
  name: 'help',
  summary: 'tell about a verb',
  description: '',
  arguments: [],
  options: [],
  more: '',
};

const bash = (verbs: readonly VerbDefinition[], common: readonly OptionDefinition[]): string => {
  const options = new Map<string, readonly string[] | 'file'>();
  for (const { options: own } of verbs)
    for (const option of own)
      if (option.takesValue) for (const name of option.names) options.set(name, valuesOf(option));
  const values = [...options].map(([name, found]) =>
    found === 'file'
      ? `    ${name}) compopt -o default; COMPREPLY=(); return ;;`
      : `    ${name}) COMPREPLY=($(compgen -W ${single(found.join(' '))} -- "$current")); return ;;`,
  );
  const cases = verbs.map(
    (verb) =>
      `    ${verb.name}) words=${single([...verb.options.flatMap(({ names }) => names), ...wordsOf(verb, verbs)].join(' '))} ;;`,
  );
  const first = [...verbs.map(({ name }) => name), ...common.flatMap(({ names }) => names)];
  return `# Completion of dexwire for bash: source <(dexwire completion bash)
_dexwire() {
  local current previous verb='' word words
  current="\${COMP_WORDS[COMP_CWORD]}"
  previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  COMPREPLY=()
  case "$previous" in
${values.join('\n')}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "$word" in
      -*) ;;
      *) verb="$word"; break ;;
    esac
  done
  case "$verb" in
${cases.join('\n')}
    '') words=${single(first.join(' '))} ;;
    *) words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _dexwire dexwire
`;
};

/** What `_arguments` of zsh takes apart by itself. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`);

const zshOption = (option: OptionDefinition): string[] =>
  option.names.map((name) => {
    const found = valuesOf(option);
    const value = !option.takesValue
      ? ''
      : `:value:${found === 'file' ? '_files' : found.length ? `(${found.join(' ')})` : ''}`;
    return single(`${name}[${zshText(option.text)}]${value}`);
  });

const zsh = (verbs: readonly VerbDefinition[], common: readonly OptionDefinition[]): string => {
  const cases = verbs.map((verb) => {
    const words = wordsOf(verb, verbs);
    const specs = [
      ...verb.options.flatMap(zshOption),
      ...(words.length ? [single(`*:word:(${words.join(' ')})`)] : []),
    ];
    return `        ${verb.name}) _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef dexwire
# Completion of dexwire for zsh: dexwire completion zsh > "\${fpath[1]}/_dexwire"
_dexwire() {
  local line state
  _arguments -C ${common.flatMap(zshOption).join(' ')} '1:verb:->verb' '*::argument:->argument'
  case "$state" in
    verb)
      local -a verbs=(${verbs.map(({ name, summary }) => single(`${name}:${summary}`)).join(' ')})
      _describe verb verbs
      ;;
    argument)
      case "$line[1]" in
${cases.join('\n')}
      esac
      ;;
  esac
}
compdef _dexwire dexwire
`;
};

const fishOption = (condition: string, option: OptionDefinition): string => {
  const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const found = valuesOf(option);
  const value = !option.takesValue
    ? ''
    : found === 'file'
      ? ' -r -F'
      : found.length
        ? ` -x -a ${single(found.join(' '))}`
        : ' -x';
  return `complete -c dexwire -n ${single(condition)} ${names.join(' ')}${value} -d ${single(option.text)}`;
};

const fish = (verbs: readonly VerbDefinition[], common: readonly OptionDefinition[]): string => {
  const lines = verbs.flatMap((verb) => {
    const inside = `__fish_seen_subcommand_from ${verb.name}`;
    const words = wordsOf(verb, verbs);
    return [
      `complete -c dexwire -n __fish_use_subcommand -a ${verb.name} -d ${single(verb.summary)}`,
      ...verb.options.map((option) => fishOption(inside, option)),
      ...(words.length ? [`complete -c dexwire -n ${single(inside)} -a ${single(words.join(' '))}`] : []),
    ];
  });
  return `# Completion of dexwire for fish: dexwire completion fish > ~/.config/fish/completions/dexwire.fish
complete -c dexwire -f
${common.map((option) => fishOption('__fish_use_subcommand', option)).join('\n')}
${lines.join('\n')}
`;
};

const WRITERS = { bash, zsh, fish } as const satisfies Record<Shell, unknown>;

export const completion = (program: Command, shell: Shell): string =>
  WRITERS[shell]([...verbsOf(program), HELP_VERB], optionsOf(program));
