import { expect, it } from 'vitest';
import { banner } from './banner.ts';

it('shows where everything listens, a command to try, and how to stop', () => {
  const listener = { transport: 'tcp' as const, host: '127.0.0.1', port: 1, path: '', connections: 0 };
  const text = banner(
    {
      ...{ version: '1.2.3', pid: 1, node: 'v20', uptime_seconds: 0, memory_bytes: 0 },
      control: { url: 'http://127.0.0.1:8420', socket: '/run/control.sock' },
      worlds: [
        {
          name: 'main',
          emulators: [
            {
              name: 'ldap',
              title: 'Directory',
              listeners: [
                { ...listener, name: 'ldap', title: 'LDAP', url: 'ldap://127.0.0.1:3890' },
                { ...listener, name: 'ldaps', title: 'LDAP over TLS', url: 'ldaps://127.0.0.1:6360' },
              ],
              examples: ['ldapsearch -x -H ldap://127.0.0.1:3890'],
            },
          ],
          ...{ clock: { time: 0, frozen: false }, journal: { enabled: false }, faults: 0, snapshots: [], failures: [] },
        },
      ],
    },
    { ready_milliseconds: 120, node_milliseconds: 40 },
    'npx wirelike',
  );
  expect(text.split('\n')).toEqual([
    'wirelike 1.2.3 is ready in 120 ms (on top of 40 ms for Node itself)',
    '',
    '  LDAP           ldap://127.0.0.1:3890',
    '  LDAP over TLS  ldaps://127.0.0.1:6360',
    '  control        http://127.0.0.1:8420',
    '',
    'Try:',
    '  ldapsearch -x -H ldap://127.0.0.1:3890',
    '',
    'Ctrl-C stops it. In another terminal: eval "$(npx wirelike env)", npx wirelike trace -f, npx wirelike --help',
  ]);
});
