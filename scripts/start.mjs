// `npm start [-- OPTIONS]`: sets up if needed, then `wirelike up` with all emulators.
// package.json says `exec`, so that the signals that npm passes on reach this process and not a shell around it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './command.mjs';
import { setupOrExit } from './setup.mjs';

await setupOrExit();
// In this process, not in a child: signals and the exit status are the command's own, and nothing is started twice.
const cli = join(root, 'packages', 'cli', 'bin', 'wirelike.mjs');
process.argv = [process.execPath, cli, 'up', ...process.argv.slice(2)];
await import(pathToFileURL(cli).href);
