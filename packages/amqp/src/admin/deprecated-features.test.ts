import { Clock, Random } from '@wirelike/kernel';
import { expect, it } from 'vitest';
import { Broker } from '../model/index.ts';
import { deprecatedFeatureViews } from './deprecated-features.ts';

function transient(version: string, permitsTransientQueues?: boolean): readonly unknown[] {
  const settings = permitsTransientQueues === undefined ? {} : { permitsTransientQueues };
  const broker = new Broker({ clock: new Clock(), random: new Random('seed'), version, settings });
  const views = deprecatedFeatureViews(broker).filter(({ name }) => name === 'transient_nonexcl_queues');
  return views.flatMap(({ deprecation_phase: phase, state }) => [phase, state]);
}

it('tells of transient queues what the release and the setting say', () => {
  expect(transient('4.0.5')).toEqual(['permitted_by_default', undefined]);
  expect(transient('4.3.5')).toEqual(['denied_by_default', 'denied']);
  expect(transient('4.3.5', true)).toEqual(['denied_by_default', 'permitted']);
  expect(transient('4.3.6')).toEqual(['permitted_by_default', 'permitted']);
  expect(transient('4.3.6', false)).toEqual(['permitted_by_default', 'denied']);
  expect(transient('3.10.8')).toEqual([]);
});
