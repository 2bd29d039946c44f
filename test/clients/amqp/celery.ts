import { fileURLToPath } from 'node:url';
import { python_path } from '../../peers/peers.ts';
import type { Program } from './program.ts';

const program: string = fileURLToPath(new URL('celery_tasks.py', import.meta.url));

export const celery: Program = {
  name: 'celery',
  needs: ['python3-celery'],
  build: () => Promise.resolve([python_path, program]),
  scenarios: {
    tasks: [Array.from({ length: 20 }, (_, n) => 2 * n), 10, 2, 2, ['ValueError', 'no good', 'FAILURE'], [false, 4]],
    'remote control': [
      { 'worker@here': { ok: 'pong' } },
      'celery',
      'direct',
      ['add', 'delivery', 'fail', 'slow_once', 'third_time_lucky'].map((task) => `celery_tasks.${task}`),
      42,
    ],
    'a worker is killed': 'done by another',
  },
};
