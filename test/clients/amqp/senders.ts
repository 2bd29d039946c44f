import { fileURLToPath } from 'node:url';
import { python_path } from '../../peers/peers.ts';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('senders.py', import.meta.url));

const text = { delivery_mode: 2, content_type: 'text/plain' };
const load = 'collectd.here.load..load.';

export const senders: Program = {
  name: 'daemons that send',
  needs: ['syslog-ng', 'syslog-ng-amqp', 'collectd', 'python3-amqp'],
  build: () => Promise.resolve([python_path, program]),
  isPatient: true,
  scenarios: {
    'syslog-ng': [
      ['app.err', 'it failed', { LEVEL: 'err', PROGRAM: 'app' }, text],
      ['db.notice', 'Grüße', { LEVEL: 'notice', PROGRAM: 'db' }, text],
      'back again',
    ],
    collectd: [
      [load, 'PUTVAL here/load/load', 2, 'text/collectd', 'collectd'],
      [load, ['here', 'load', 'load', ['shortterm', 'midterm', 'longterm']], 2, 'application/json', 'collectd'],
    ],
  },
};
