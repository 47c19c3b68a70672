/**
 * Completion for shells, made from the program's own definitions.
 * In: a program, a shell. Out: the script that the shell is to read.
 */
import { allTopics } from '@dexwire/protocol';
import type { Command } from 'commander';
import { type OptionDefinition, optionsOf, type VerbDefinition, verbsOf } from './definitions.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may stand in a place: words, none where only the user knows them, or names of files or of folders. */
type Values = readonly string[] | 'files' | 'folders';

const valuesOf = ({ flags, names, choices }: OptionDefinition): Values => {
  if (choices.length) return choices;
  if (names.includes('--network')) return ['local', 'testnet', 'mainnet'];
  return /[<[]file[>\]]/.test(flags) ? 'files' : /[<[]folder[>\]]/.test(flags) ? 'folders' : [];
};

/** Whether the arguments of a verb are streams, which have topics behind symbols too: `BNB_BTCB-1DE@trades`. */
const asksForStreams = ({ arguments: args }: VerbDefinition): boolean =>
  args.some(({ form }) => form.includes('stream...'));

/** What may stand where the arguments of a verb are due. */
const argumentsOf = (verb: VerbDefinition, verbs: readonly VerbDefinition[]): Values => {
  if (asksForStreams(verb)) return allTopics();
  if (verb.name === 'help') return verbs.map(({ name }) => name);
  if (verb.arguments.some(({ form }) => form.includes('file...'))) return 'files';
  return verb.arguments.flatMap(({ choices }) => choices);
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

/** What makes bash offer it. */
const bashOffer = (found: Values): string => {
  if (found === 'files') return 'compopt -o default 2>/dev/null';
  if (found === 'folders') return 'compopt -o dirnames 2>/dev/null';
  return found.length ? `COMPREPLY=($(compgen -W ${single(found.join(' '))} -- "$current"))` : ':';
};

const bashVerb = (verb: VerbDefinition, verbs: readonly VerbDefinition[]): string => {
  const values = verb.options
    .filter(({ takesValue }) => takesValue)
    .map((option) => `        ${option.names.join('|')}) ${bashOffer(valuesOf(option))} ;;`);
  const args = argumentsOf(verb, verbs);
  return `      ${verb.name}) case "$previous" in
${[...values, `        *) ${bashOffer(args)} ;;`].join('\n')}
      esac ;;`;
};

const bash = (verbs: readonly VerbDefinition[], common: readonly OptionDefinition[]): string => {
  const namesOf = (options: readonly OptionDefinition[]): string => options.flatMap(({ names }) => names).join(' ');
  const options = verbs.map((verb) => `      ${verb.name}) words=${single(namesOf(verb.options))} ;;`);
  return `# Completion of dexwire for bash: source <(dexwire completion bash)
_dexwire() {
  local current previous verb='' word words=''
  current="\${COMP_WORDS[COMP_CWORD]}"
  previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  # bash makes three words of --network=local
  if [[ "$current" == '=' ]]; then
    current=''
  elif [[ "$previous" == '=' ]]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "$word" in
      -*) ;;
      *) verb="$word"; break ;;
    esac
  done
  if [[ "$current" == -* ]]; then
    case "$verb" in
${options.join('\n')}
      '') words=${single(namesOf(common))} ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    case "$verb" in
${verbs.map((verb) => bashVerb(verb, verbs)).join('\n')}
      '') ${bashOffer(verbs.map(({ name }) => name))} ;;
    esac
  fi
}
complete -F _dexwire dexwire
`;
};

/** What `_arguments` of zsh takes apart by itself. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`);

/** What makes zsh offer it. */
const zshOffer = (found: Values): string => {
  if (found === 'files') return '_files';
  if (found === 'folders') return '_files -/';
  return found.length ? `(${found.join(' ')})` : '';
};

const zshOption = (option: OptionDefinition): string[] =>
  option.names.map((name) => {
    if (!option.takesValue) return single(`${name}[${zshText(option.text)}]`);
    // With the sign of equality the value may stand behind it, or be the next word.
    const form = name.startsWith('--') ? `${name}=` : name;
    const colon = option.isValueOptional ? '::' : ':';
    return single(`${form}[${zshText(option.text)}]${colon}value:${zshOffer(valuesOf(option))}`);
  });

const zshArguments = (verb: VerbDefinition, verbs: readonly VerbDefinition[]): string[] => {
  const offer = zshOffer(argumentsOf(verb, verbs));
  if (offer === '') return [];
  if (asksForStreams(verb)) return [single(`*:stream:{compset -P "*@"; compadd -- ${offer.slice(1, -1)}}`)];
  return [single(`*:word:${offer}`)];
};

const zsh = (verbs: readonly VerbDefinition[], common: readonly OptionDefinition[]): string => {
  const cases = verbs.map(
    (verb) =>
      `        ${verb.name}) _arguments ${[...verb.options.flatMap(zshOption), ...zshArguments(verb, verbs)].join(' ')} ;;`,
  );
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
# Loaded by its name it was asked for something already; read by source it has to be made known.
if [[ "$funcstack[1]" == _dexwire ]]; then
  _dexwire "$@"
else
  compdef _dexwire dexwire
fi
`;
};

const FISH_FUNCTIONS = `function __dexwire_verb -d 'Whether this is the verb, or with no argument, whether there is none yet'
  set -l words (commandline -opc)
  for word in $words[2..]
    string match -q -- '-*' $word; and continue
    test "$word" = "$argv[1]"
    return
  end
  test -z "$argv[1]"
end
function __dexwire_topics -d 'Topics, also behind a symbol: BNB_BTCB-1DE@trades'
  set -l before (string match -r '^.*@' -- (commandline -ct))
  printf "$before%s\\n" $argv
end
`;

/** What makes fish offer it. */
const fishOffer = (found: Values): string => {
  if (found === 'files') return ' -F';
  if (found === 'folders') return ` -f -a ${single('(__fish_complete_directories)')}`;
  return found.length ? ` -f -a ${single(found.join(' '))}` : ' -f';
};

const fishOption = (condition: string, option: OptionDefinition): string => {
  const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = option.takesValue && !option.isValueOptional ? ` -r${fishOffer(valuesOf(option))}` : '';
  return `complete -c dexwire -n ${single(condition)} ${names.join(' ')}${value} -d ${single(option.text)}`;
};

const fishArguments = (verb: VerbDefinition, verbs: readonly VerbDefinition[]): string => {
  const found = argumentsOf(verb, verbs);
  return asksForStreams(verb) && found !== 'files' && found !== 'folders'
    ? fishOffer([`(__dexwire_topics ${found.join(' ')})`])
    : fishOffer(found);
};

const fish = (verbs: readonly VerbDefinition[], common: readonly OptionDefinition[]): string => {
  const lines = verbs.flatMap((verb) => {
    const inside = `__dexwire_verb ${verb.name}`;
    return [
      `complete -c dexwire -n __dexwire_verb -a ${verb.name} -d ${single(verb.summary)}`,
      ...verb.options.map((option) => fishOption(inside, option)),
      `complete -c dexwire -n ${single(inside)}${fishArguments(verb, verbs)}`,
    ];
  });
  return `# Completion of dexwire for fish: dexwire completion fish > ~/.config/fish/completions/dexwire.fish
${FISH_FUNCTIONS}complete -c dexwire -f
${common.map((option) => fishOption('__dexwire_verb', option)).join('\n')}
${lines.join('\n')}
`;
};

const WRITERS = { bash, zsh, fish } as const satisfies Record<Shell, unknown>;

export const completion = (program: Command, shell: Shell): string =>
  WRITERS[shell]([...verbsOf(program), HELP_VERB], optionsOf(program));
