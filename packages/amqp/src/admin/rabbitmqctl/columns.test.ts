import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker } from '../../model/index.ts';
import { pidOf } from './columns.ts';

it('the identifiers of one broker do not depend on those of another', () => {
  const [one, other] = ['a', 'b'].map((seed) => new Broker({ clock: new Clock(), random: new Random(seed) }));
  if (one === undefined || other === undefined) throw new Error('no brokers');
  const thing = {};
  expect([pidOf(one, thing), pidOf(one, {}), pidOf(other, {}), pidOf(one, thing)]).toEqual([
    '<rabbit@wirelike.1.1.0>',
    '<rabbit@wirelike.1.2.0>',
    '<rabbit@wirelike.1.1.0>',
    '<rabbit@wirelike.1.1.0>',
  ]);
});
