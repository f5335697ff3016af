import type { Command, Option } from 'commander';

/** What follows an option, or stands as an argument. */
type Value = { readonly words: readonly string[] } | 'rules' | 'files' | 'text';

interface Place {
  /** Names of the command and those above it, by spaces; empty for `headgate` itself. */
  readonly path: string;
  readonly commands: readonly Described[];
  readonly options: readonly (Described & { readonly value?: Value })[];
  readonly argument: Value;
}

interface Described {
  readonly name: string;
  readonly description: string;
}

/** The script of a shell that completes the commands of a program. Rule IDs are those of `headgate rules list`. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', program: Command): string {
  const places = placesOf(program, '');
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](places);
}

function placesOf(command: Command, path: string): Place[] {
  const options = command.options.filter(({ long, hidden }) => long !== undefined && !hidden);
  const shown = command.commands.filter((one) => one.name() !== 'help');
  const place: Place = {
    path,
    commands: shown.map((one) => ({ name: one.name(), description: one.description() })),
    options: [
      ...options.map((option) => ({
        name: option.long ?? '',
        description: option.description,
        ...(option.required ? { value: valueOfOption(option) } : {}),
      })),
      { name: '--help', description: 'show help' },
    ],
    argument: argumentOf(command, path),
  };
  return [place, ...shown.flatMap((one) => placesOf(one, `${path} ${one.name()}`.trim()))];
}

function valueOfOption({ long = '', flags, argChoices }: Option): Value {
  if (argChoices !== undefined) return { words: argChoices };
  if (['--rule', '--skip-rule'].includes(long)) return 'rules';
  if (long === '--flow') return { words: ['api', 'events', 'batch'] };
  return /<(file|folder|dir|path|format=file)>/.test(flags) ? 'files' : 'text';
}

function argumentOf(command: Command, path: string): Value {
  const [argument] = command.registeredArguments;
  if (argument === undefined) return 'text';
  if (argument.argChoices !== undefined) return { words: argument.argChoices };
  return /^(rules (show|test)|explain)$/.test(path) ? 'rules' : 'files';
}

const ruleIds = "headgate rules list 2> /dev/null | cut -d ' ' -f 1";
/** In single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** In single quotes of fish, where a backslash counts. */
const quotedForFish = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const pathsBelow = (places: readonly Place[]): string =>
  places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quoted(path))
    .join(' | ');

/** The part that bash and zsh share: which command the words before the cursor name. */
function placeLoop(places: readonly Place[], words: string): string {
  return `  for word in ${words}; do
    case "\${place:+$place }$word" in
      ${pathsBelow(places)}) place="\${place:+$place }$word" ;;
    esac
  done
`;
}

function valueCases(places: readonly Place[], complete: (value: Value) => string): string {
  return places
    .flatMap(({ path, options }) =>
      options.flatMap(({ name, value }) =>
        value === undefined ? [] : [`    ${quoted(`${path} ${name}`)}) ${complete(value)}; return ;;\n`],
      ),
    )
    .join('');
}

function bashScript(places: readonly Place[]): string {
  const words = (list: string): string => `COMPREPLY=($(compgen -W "${list}" -- "$current"))`;
  const complete = (value: Value): string => {
    if (value === 'files') return 'COMPREPLY=($(compgen -f -- "$current"))';
    if (value === 'text') return 'COMPREPLY=()';
    return words(value === 'rules' ? `$(${ruleIds})` : value.words.join(' '));
  };
  const cases = places
    .map(({ path, commands, options, argument }) => {
      const names = options.map(({ name }) => name).join(' ');
      const others =
        commands.length > 0 ? words(commands.map(({ name }) => name).join(' ')) : complete(argument);
      return `    ${quoted(path)}) if [[ $current == -* ]]; then ${words(names)}; else ${others}; fi ;;\n`;
    })
    .join('');
  return `# Completes headgate in bash. Load it with: source <(headgate completion bash)
_headgate() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} place='' word
${placeLoop(places, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}  case "$place $previous" in
${valueCases(places, complete)}  esac
  case "$place" in
${cases}  esac
}
complete -o filenames -F _headgate headgate
`;
}

function zshScript(places: readonly Place[]): string {
  const described = (list: readonly Described[]): string =>
    list.map(({ name, description }) => quoted(`${name.replaceAll(':', '\\:')}:${description}`)).join(' ');
  const complete = (value: Value): string => {
    if (value === 'files') return '_files';
    if (value === 'text') return ':';
    return `compadd -- ${value === 'rules' ? `$(${ruleIds})` : value.words.map(quoted).join(' ')}`;
  };
  const cases = places
    .map(({ path, commands, options, argument }) => {
      const others =
        commands.length > 0 ? `found=(${described(commands)}); _describe command found` : complete(argument);
      return `    ${quoted(path)}) if [[ $current == -* ]]; then found=(${described(options)}); _describe option found; else ${others}; fi ;;\n`;
    })
    .join('');
  return `#compdef headgate
# Completes headgate in zsh. Load it with: source <(headgate completion zsh)
_headgate() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]} place='' word
  local -a found
${placeLoop(places, '${words[2,CURRENT-1]}')}  case "$place $previous" in
${valueCases(places, complete)}  esac
  case "$place" in
${cases}  esac
}
if [ "$funcstack[1]" = _headgate ]; then _headgate "$@"; else compdef _headgate headgate; fi
`;
}

function fishScript(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options, argument }) => {
    const at = `complete -c headgate -n ${quotedForFish(`__headgate_at ${quotedForFish(path)}`)}`;
    const values = (value: Value): string => {
      if (value === 'files') return ' -F';
      if (value === 'text') return '';
      return ` -a ${quotedForFish(value === 'rules' ? `(${ruleIds})` : value.words.join(' '))}`;
    };
    return [
      ...commands.map(
        ({ name, description }) => `${at} -a ${quotedForFish(name)} -d ${quotedForFish(description)}`,
      ),
      ...options.map(
        ({ name, description, value }) =>
          `${at} -l ${quotedForFish(name.slice(2))}${value === undefined ? '' : ` -r${values(value)}`} -d ${quotedForFish(description)}`,
      ),
      ...(commands.length > 0 || argument === 'text' ? [] : [`${at}${values(argument)}`]),
    ];
  });
  return `# Completes headgate in fish. Load it with: headgate completion fish | source
function __headgate_at
    set -l place
    for word in (commandline -opc)[2..-1]
        switch (string join -- ' ' $place $word)
            case ${places.flatMap(({ path }) => (path === '' ? [] : [quotedForFish(path)])).join(' ')}
                set -a place $word
        end
    end
    test "$place" = "$argv[1]"
end
complete -c headgate -f
${lines.join('\n')}
`;
}
