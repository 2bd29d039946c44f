/**
 * Starts to load what `up` and `run` need while the command line is still being read: reading files overlaps
 * with compiling them.
 */
export function preload(words: readonly string[]): void {
  const [command, ...rest] = words;
  if ((command !== 'up' && command !== 'run') || rest.includes('--help') || rest.includes('-h')) return;
  // A failure shows up again, and is reported, where the module is really asked for.
  import('@wirelike/hub')
    .then(({ emulators }) => {
      const separator = rest.indexOf('--');
      const options = separator < 0 ? rest : rest.slice(0, separator);
      const named = Object.keys(emulators).filter((name) => options.includes(name));
      return Promise.all((named.length > 0 ? named : Object.keys(emulators)).map((name) => emulators[name]?.()));
    })
    .catch(() => undefined);
}
