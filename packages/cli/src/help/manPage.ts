/**
 * The man page, in the language of `man`.
 * In: a program. Out: the text of `dexwire.1`.
 */
import type { Command } from 'commander';
import { EXIT_MEANINGS } from '../exit.ts';
import { VERSION } from '../version.ts';
import { type OptionDefinition, optionsOf, type VerbDefinition, verbsOf } from './definitions.ts';
import { EXAMPLES } from './epilogue.ts';

/** Text as it is: a backslash, and a dot or quote at the start of a line, mean something to `man`. */
const roff = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** Lines that keep their form. */
const verbatim = (text: string): string => `.nf\n${roff(text)}\n.fi`;

const optionText = ({ flags, text, choices, preset }: OptionDefinition): string => {
  const more = [
    ...(choices.length ? [`One of ${choices.join(', ')}.`] : []),
    ...(preset === undefined ? [] : [`Default: ${preset}.`]),
  ];
  return `.TP\n${bold(flags)}\n${roff([sentence(text), ...more].join(' '))}`;
};

const verbText = ({ name, description, arguments: args, options, more }: VerbDefinition): string =>
  [
    `.SS ${['dexwire', name, ...args.map(({ form }) => form)].map(roff).join(' ')}`,
    roff(description),
    ...args.map(({ form, text }) => `.TP\n${bold(form)}\n${roff(sentence(text))}`),
    ...options.filter(({ names }) => !names.includes('--help')).map(optionText),
    ...(more === '' ? [] : ['.PP', verbatim(more)]),
  ].join('\n');

/** What the environment says. */
const ENVIRONMENT: readonly (readonly [name: string, text: string])[] = [
  ['DEXWIRE_NETWORK', 'What --network is unless given.'],
  ['DEXWIRE_KEY', 'The private key that signs, 64 hex digits.'],
  ['DEXWIRE_MNEMONIC', 'Or the 12 to 24 words that it comes from.'],
  ['NO_COLOR', 'No colours if it is not empty.'],
  ['FORCE_COLOR', 'Colours in pipes too, or with 0 nowhere.'],
];

export const manPage = (program: Command): string =>
  `${[
    `.TH DEXWIRE 1 "" "dexwire ${VERSION}" "User Commands"`,
    '.SH NAME',
    `dexwire \\- ${roff('the streaming API of the Binance DEX')}`,
    '.SH SYNOPSIS',
    `${bold('dexwire')} \\fIverb\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]`,
    '.SH DESCRIPTION',
    roff(program.description()),
    roff('The public DEX was switched off in 2024, so the default network is local: the node that dexwire node runs.'),
    '.SH OPTIONS',
    ...optionsOf(program).map(optionText),
    '.SH VERBS',
    ...verbsOf(program).map(verbText),
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.map(([code, meaning]) => `.TP\n${bold(String(code))}\n${roff(meaning)}`),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.map(([name, text]) => `.TP\n${bold(name)}\n${roff(text)}`),
    '.SH EXAMPLES',
    verbatim(EXAMPLES.trimEnd()),
  ].join('\n')}\n`;
