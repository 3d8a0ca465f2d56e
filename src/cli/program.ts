// The command line as data for the parser: names, options, help. What a command does is loaded only
// when it is called. Commands that the contract names and that do not exist yet say so.

import { Command, CommanderError, Option } from 'commander';
import { exitCode, Failure } from './failure.ts';
import { defaultPlaces, type Places } from './places.ts';
import { version } from './version.ts';

/** Ends with an exit code; a promise that is rejected with a `Failure` says why on standard error. */
type Action = (
  places: Places,
  options: { readonly [name: string]: unknown },
  args: readonly string[],
) => Promise<number>;

export interface Actions {
  readonly run: Action;
  readonly check: Action;
  readonly status: Action;
  readonly fence: Action;
  readonly unfence: Action;
  readonly cleanup: Action;
  readonly keygen: Action;
  readonly version: Action;
}

const notYet = ['events', 'explain', 'drain', 'undrain', 'promote', 'reload', 'doctor', 'completion'];

/** Parses and runs; the exit code is what the command came to. */
export async function execute(argv: readonly string[], actions: Actions): Promise<number> {
  let code: number = exitCode.done;
  const program = buildProgram(actions, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end here too, with 0. Everything else that the parser finds is wrong usage.
    if (error.exitCode === 0) return exitCode.done;
    // The parser would print its help without saying what was wrong.
    if (error.code === 'commander.help') process.stderr.write(parserWords(helpless(argv)));
    return exitCode.usage;
  }
  return code;
}

function buildProgram(actions: Actions, done: (code: number) => void): Command {
  const program = new Command('locum');
  program
    .description('Holds virtual addresses: one holder at a time, and another when it fails.')
    .version(`locum ${version()}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .addOption(place('--config <file>', 'configuration', defaultPlaces.config))
    .addOption(
      place('--runtime-dir <dir>', 'control socket, lock and record of claimed addresses', defaultPlaces.runtimeDir),
    )
    .addOption(place('--state-dir <dir>', 'what must outlive a reboot', defaultPlaces.stateDir))
    .configureHelp({ showGlobalOptions: true })
    // Help for whoever asked for it goes to standard output; instead of help, a mistake gets one line.
    .configureOutput({
      writeErr: () => undefined,
      outputError: (text) => process.stderr.write(parserWords(text)),
    })
    .exitOverride();
  const command = (name: keyof Actions, words: string, description: string): Command =>
    program
      .command(words === '' ? name : `${name} ${words}`)
      .description(description)
      .action(async (...given: unknown[]) => {
        const self = given.at(-1);
        if (!(self instanceof Command)) throw new Error('the parser always passes the command last');
        done(await actions[name](placesOf(program), self.opts(), self.args));
      });
  command('run', '', 'run the daemon in the foreground');
  command('check', '', 'read the configuration; print every problem, or the effective settings').addOption(json());
  command('status', '', "show this node's groups, peers, checks and problems")
    .addOption(json())
    .option('--watch', 'show it again every second until Ctrl-C');
  command('fence', '', 'make this node hold nothing until it is unfenced, over restarts and reboots').requiredOption(
    '--reason <text>',
    'why, for whoever reads the status',
  );
  command('unfence', '', 'let this node take part again');
  command('cleanup', '', 'take away the addresses that a dead daemon of this runtime directory left').option(
    '--after-service',
    'as ExecStopPost= of a systemd unit: only if $SERVICE_RESULT is success',
  );
  command(
    'keygen',
    '[file]',
    'write a new cluster key, mode 0600; overwrites nothing (default: /etc/locum/cluster.key)',
  );
  command('version', '', 'print the version').addOption(json());
  for (const name of notYet) addNotYet(program, name);
  return program;
}

function addNotYet(program: Command, name: string): void {
  program
    .command(name, { hidden: true })
    .description('not supported yet')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw new Failure(exitCode.usage, `"${name}" is not supported yet`);
    });
}

function place(flags: string, description: string, fallback: string): Option {
  return new Option(flags, description).default(fallback).argParser((value: string) => {
    if (value === '') throw new Failure(exitCode.usage, `${flags.split(' ')[0]} needs a path, not an empty word`);
    return value;
  });
}

function json(): Option {
  return new Option('--json', 'print JSON');
}

function placesOf(program: Command): Places {
  const { config, runtimeDir, stateDir } = program.opts<Places>();
  return { config, runtimeDir, stateDir };
}

function helpless(argv: readonly string[]): string {
  const [asked, topic] = argv.filter((word) => !word.startsWith('-'));
  return asked === 'help' && topic !== undefined ? `unknown command '${topic}'` : 'no command is given';
}

/** The parser's words as one line of ours: `locum: unknown command 'statsu' (did you mean status?)`. */
function parserWords(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*\(Did you mean/, ' (did you mean')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `locum: ${line}; see "locum help"\n`;
}
