import { deprecatedFeatureViews } from '../deprecated-features.ts';
import { featureFlagViews } from '../feature-flags.ts';
import { selected } from './columns.ts';
import { type CtlCommand, CtlFailure, EXIT, word } from './command.ts';
import { drawnTable } from './drawn-table.ts';

/** What the release can do, and what it will not do much longer. */
export const featureCommands: Readonly<Record<string, CtlCommand>> = {
  list_feature_flags: {
    usage: '[<column> ...]',
    words: [0, Number.POSITIVE_INFINITY],
    banner: () => 'Listing feature flags ...',
    run: ({ broker, words }) =>
      selected(words, ['name', 'state'], ['name', 'state', 'stability', 'provided_by', 'desc', 'doc_url'], featureFlagViews(broker)),
  },
  enable_feature_flag: {
    usage: ({ release }) => {
      if (!release.has('found-nothing')) return '<all | feature_flag>';
      return `[--${release.has('default-queue-types') ? 'opt-in' : 'experimental'}] <all | feature_flag>`;
    },
    switches: { experimental: 'flag', 'opt-in': 'flag' },
    letters: { e: 'experimental', o: 'opt-in' },
    words: [1, 1],
    banner: (call) => (word(call, 0) === 'all' ? 'Enabling all feature flags ...' : `Enabling feature flag "${word(call, 0)}" ...`),
    run: (call) => {
      const { broker } = call;
      if (word(call, 0) === '') {
        const name = broker.release.has('default-queue-types') ? 'feature flag (or group) name' : 'feature_flag';
        const end = broker.release.has('default-queue-types') ? '' : '.';
        throw CtlFailure.invalid(`Bad argument: ${name} cannot be an empty string${end}`, EXIT.data);
      }
      if (word(call, 0) === 'all' || featureFlagViews(broker).some(({ name }) => name === word(call, 0))) return undefined;
      throw CtlFailure.of(`This feature flag is not supported by node ${broker.nodeName}`, EXIT.usage);
    },
  },
  list_deprecated_features: {
    since: 'deprecated-features',
    usage: '[--used] [<column> ...]',
    words: [0, Number.POSITIVE_INFINITY],
    switches: { used: 'flag' },
    banner: () => 'Listing deprecated features ...',
    run: ({ broker, words, options }) => {
      const views = deprecatedFeatureViews(broker, options.used === true ? 'used' : 'all');
      const isDrawn = broker.release.has('levelled-feature-flags') && options.formatter === undefined;
      if (isDrawn) return drawnTable(words.length > 0 ? words : ['name', 'deprecation_phase', 'state'], views);
      const columns = ['name', 'deprecation_phase', 'provided_by', 'desc', 'doc_url'];
      return selected(words, ['name', 'deprecation_phase'], columns, views);
    },
  },
};
