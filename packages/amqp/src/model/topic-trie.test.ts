import { Clock, Random } from '@wirelike/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Binding } from './binding.ts';
import { Broker } from './broker.ts';
import type { Exchange } from './exchange.ts';
import { EMPTY_TABLE } from './field-table.ts';
import { TopicTrie } from './topic-trie.ts';

const clock = new Clock();
clock.freeze();
const broker = new Broker({ clock, random: new Random('topics') });

function exchange(): Exchange {
  const found = broker.vhost('/')?.exchanges.get('amq.topic');
  if (found === undefined) throw new Error('no amq.topic');
  return found;
}

const bindingOf = (pattern: string): Binding => new Binding(exchange(), exchange(), pattern, EMPTY_TABLE);

function matched(trie: TopicTrie, key: string): string[] {
  const found: string[] = [];
  trie.match(key, ({ routingKey }) => found.push(routingKey));
  return found.sort();
}

/** The definition, word by word. */
function matches(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return key.length === 0;
  if (first === '#') return matches(rest, key) || (key.length > 0 && matches(pattern, key.slice(1)));
  return key.length > 0 && (first === '*' || first === key[0]) && matches(rest, key.slice(1));
}

const words = (key: string): string[] => (key === '' ? [] : key.split('.'));

describe('a topic trie', () => {
  it('matches as defined, and forgets', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '', '*', '#'), { maxLength: 5 }).map((parts) => parts.join('.'));
    const key = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 6 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 20 }), fc.array(key, { maxLength: 10 }), (patterns, keys) => {
        const trie = new TopicTrie();
        const bindings = patterns.map(bindingOf);
        for (const binding of bindings) trie.add(binding.routingKey, binding);
        const gone = bindings.filter((_, index) => index % 3 === 0);
        for (const binding of gone) trie.remove(binding.routingKey, binding);
        const left = patterns.filter((_, index) => index % 3 !== 0);
        for (const one of keys) {
          expect(matched(trie, one)).toEqual(left.filter((candidate) => matches(words(candidate), words(one))).sort());
        }
      }),
    );
  });

  it('does not explode on many hashes', () => {
    const trie = new TopicTrie();
    trie.add('#.a.#.a.#.a.#.a.#.a.#.a.#.a.#.b', bindingOf('x'));
    const key = Array.from({ length: 120 }, () => 'a').join('.');
    const start = performance.now();
    expect(matched(trie, key)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(200);
  });
});
