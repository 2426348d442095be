/** Scripts that complete command lines in a shell. They are our own: cobra's are of its making. */
import { type Call, type Command, exactly, type Flag } from './command.ts';

/** What can come next, by the names of the commands before. */
type Choices = readonly (readonly [path: string, words: readonly string[]])[];

const SHELLS: Readonly<Record<string, (program: string, choices: Choices) => string>> = {
  bash,
  zsh: (program, choices) =>
    `#compdef ${program}\nautoload -U +X bashcompinit && bashcompinit\n${bash(program, choices)}`,
  fish,
  powershell,
};

/** `root` is asked when the command runs: it has this one in it. */
export function completionCommand(root: () => Command, globalFlags: readonly Flag[]): Command {
  return {
    name: 'completion',
    takes: ` [${Object.keys(SHELLS).join('|')}]`,
    about: 'Generate completion script',
    flags: [],
    commands: [],
    refuses: (args) => exactly(1)(args) ?? unknownShell(args[0] ?? '', root()),
    run: async ({ args, print }: Call) => {
      const script = SHELLS[args[0] ?? ''];
      if (script !== undefined) print(script(root().name, choicesOf('', root(), globalFlags)));
    },
  };
}

function unknownShell(shell: string, root: Command): string | undefined {
  if (Object.hasOwn(SHELLS, shell)) return undefined;
  return `invalid argument ${JSON.stringify(shell)} for "${root.name} completion"`;
}

function choicesOf(path: string, command: Command, globalFlags: readonly Flag[]): Choices {
  const flags = [...command.flags, ...globalFlags].map(({ name }) => `--${name}`);
  const names = command.commands.map(({ name }) => name);
  return [
    [path, [...names, ...flags, '--help']],
    ...command.commands.flatMap((next) => choicesOf(joined(path, next.name), next, globalFlags)),
  ];
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path} ${name}`;
}

/** Where no word fits, names of files do. */
function bash(program: string, choices: Choices): string {
  const name = `_${program.replaceAll('-', '_')}`;
  return `${name}() {
  local word path="" words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${choices.flatMap(([path]) => (path === '' ? [] : [`'${path}'`])).join(' | ')})
        path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${choices.map(([path, words]) => `    '${path}') words='${words.join(' ')}' ;;\n`).join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F ${name} ${program}
`;
}

function fish(program: string, choices: Choices): string {
  const name = `__${program.replaceAll('-', '_')}_words`;
  return `function ${name}
  set -l path
  for word in (commandline -opc)[2..]
    switch (string join ' ' -- $path $word)
      case ${choices.flatMap(([path]) => (path === '' ? [] : [`'${path}'`])).join(' ')}
        set path $path $word
    end
  end
  switch (string join ' ' -- $path)
${choices.map(([path, words]) => `    case '${path}'\n      printf '%s\\n' ${words.join(' ')}\n`).join('')}  end
end
complete -c ${program} -a '(${name})'
`;
}

function powershell(program: string, choices: Choices): string {
  const rows = choices.map(([path, words]) => `    '${path}' = '${words.join(' ')}'\n`);
  return `Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $choices = @{
${rows.join('')}  }
  $path = ''
  foreach ($word in $commandAst.CommandElements | Select-Object -Skip 1) {
    $longer = "$path $word".Trim()
    if ($choices.ContainsKey($longer)) { $path = $longer }
  }
  $choices[$path].Split(' ') | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_)
  }
}
`;
}
