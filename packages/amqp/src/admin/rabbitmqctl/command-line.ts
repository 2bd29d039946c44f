/** How an option's value is read. */
type Switch = 'text' | 'integer' | 'flag';

/** Options by their names, with what stands behind them. */
export type Switches = Readonly<Record<string, Switch>>;

/** Without the dashes; flags are true, or false if they were denied (`--no-table-headers`). */
export type Options = Readonly<Record<string, string | boolean>>;

export interface CommandLine {
  /** What is no option: the command's name and its arguments. */
  readonly words: readonly string[];
  readonly options: Options;
  /** Options that nobody knows, and values that are none, as rabbitmqctl lists them: `--limit : x`. */
  readonly invalid: readonly string[];
}

/** Every command takes these. */
const COMMON_SWITCHES: Switches = {
  node: 'text',
  quiet: 'flag',
  silent: 'flag',
  'dry-run': 'flag',
  vhost: 'text',
  longnames: 'flag',
  formatter: 'text',
  printer: 'text',
  file: 'text',
  'script-name': 'text',
  'rabbitmq-home': 'text',
  'mnesia-dir': 'text',
  'plugins-dir': 'text',
  'enabled-plugins-file': 'text',
  'aliases-file': 'text',
  'erlang-cookie': 'text',
  timeout: 'integer',
  help: 'flag',
  'print-stacktrace': 'flag',
};

const COMMON_LETTERS: Readonly<Record<string, string>> = {
  p: 'vhost',
  n: 'node',
  q: 'quiet',
  s: 'silent',
  l: 'longnames',
  t: 'timeout',
};

/**
 * Takes a command line apart as Elixir's OptionParser does for rabbitmqctl. Options may stand anywhere, `--` ends them, and a
 * negative number is a word. `letters`: the command's own one-letter names of options.
 */
export function takeApart(line: readonly string[], switches: Switches, letters: Readonly<Record<string, string>> = {}): CommandLine {
  const known = { ...COMMON_SWITCHES, ...switches };
  const words: string[] = [];
  const invalid: string[] = [];
  const options: Record<string, string | boolean> = {};
  for (let index = 0; index < line.length; index++) {
    const text = line[index] ?? '';
    if (text === '--') {
      words.push(...line.slice(index + 1));
      break;
    }
    if (!isOption(text)) {
      words.push(text);
      continue;
    }
    for (const typed of apart(text, { ...COMMON_LETTERS, ...letters })) {
      const [written = '', attached] = typed.split(/=(.*)/s);
      const { name, denied } = meant(written, known, { ...COMMON_LETTERS, ...letters });
      const kind = known[name];
      if (kind === undefined) invalid.push(`${written} : `);
      else if (kind === 'flag') {
        if (attached === undefined || /^(true|false)$/.test(attached)) options[name] = (attached !== 'false') !== denied;
        else invalid.push(`${written} : ${attached}`);
      } else {
        const next = line[index + 1];
        const takesNext = attached === undefined && next !== undefined && !isOption(next) && next !== '--';
        if (takesNext) index++;
        const value = takesNext ? next : attached;
        if (value === undefined || (kind === 'integer' && !/^[+-]?\d+$/.test(value))) invalid.push(`${written} : ${value ?? ''}`);
        else options[name] = value;
      }
    }
  }
  return { words, options, invalid };
}

/** `-` alone is a word, and so is what is a number. */
function isOption(text: string): boolean {
  return /^-./s.test(text) && text !== '--' && !/^-\d/.test(text);
}

/** `-qs` stands for `-q -s`, and `-t5` for `-t 5`. */
function apart(text: string, letters: Readonly<Record<string, string>>): readonly string[] {
  const [, several, digits] = /^-([a-zA-Z]+)(\d*)$/.exec(text) ?? [];
  if (several === undefined || (digits === '' && (several.length === 1 || letters[several] !== undefined))) return [text];
  const each = [...several].map((letter) => `-${letter}`);
  return digits === '' ? each : [...each.slice(0, -1), `${each.at(-1)}=${digits}`];
}

function meant(written: string, known: Switches, letters: Readonly<Record<string, string>>): { name: string; denied: boolean } {
  if (!written.startsWith('--')) return { name: letters[written.slice(1)] ?? '', denied: false };
  const name = written.slice(2);
  if (known[name] === undefined && name.startsWith('no-') && known[name.slice(3)] === 'flag') return { name: name.slice(3), denied: true };
  return { name, denied: false };
}
