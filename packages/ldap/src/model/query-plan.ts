import type { EqualityIndex } from './equality-index.ts';
import type { Filter, SubstringsFilter } from './filter.ts';
import { substringMatcher } from './filter-evaluation.ts';
import type { MatchingRule } from './schema/matching-rule.ts';
import type { Schema } from './schema/schema.ts';
import type { Value } from './value.ts';

/** Looking at a value in an index costs about this much less than looking at an entry. */
const values_per_entry = 16;

/** How indexes find all entries that a filter can match. */
export interface QueryPlan {
  /** Entries to look at; values count less. */
  readonly cost: number;
  /** Keys of entries; some may not match. */
  find(): Iterable<string>;
}

export interface Indexed {
  readonly index: EqualityIndex;
  readonly rule: MatchingRule;
}

/** Plans a filter in one pass: hostile ones have thousands of items, a thousand deep. */
export class QueryPlanner {
  readonly #schema: Schema;
  readonly #indexFor: (attribute: string) => Indexed | undefined;

  /** `indexFor` builds the index if there is none; nothing if there can't be one. */
  constructor(schema: Schema, indexFor: (attribute: string) => Indexed | undefined) {
    this.#schema = schema;
    this.#indexFor = indexFor;
  }

  /** Nothing if no index helps. */
  plan(filter: Filter): QueryPlan | undefined {
    switch (filter.is) {
      case 'equality':
        return this.#equality(filter.attribute, filter.value);
      case 'substrings':
        return this.#substrings(filter);
      case 'and':
        return cheapest(filter.filters.map((each) => this.plan(each)));
      case 'or':
        return union(filter.filters.map((each) => this.plan(each)));
      default:
        return undefined;
    }
  }

  #equality(attribute: string, value: Value): QueryPlan | undefined {
    const found = this.#indexFor(attribute);
    const key = found?.rule.key(value, this.#schema);
    if (found === undefined || key === undefined) return undefined;
    return { cost: found.index.count(key), find: () => found.index.find(key) };
  }

  /** An index serves substrings if it holds values as the substring rule prepares them. */
  #substrings(filter: SubstringsFilter): QueryPlan | undefined {
    const rule = this.#schema.find(filter.attribute)?.type.substrings;
    const matches = rule === undefined ? undefined : substringMatcher(filter, rule);
    const found = matches === undefined ? undefined : this.#indexFor(filter.attribute);
    if (matches === undefined || found === undefined || found.rule.key !== rule?.key) return undefined;
    return { cost: found.index.size / values_per_entry, find: () => found.index.findMatching(matches) };
  }
}

function cheapest(plans: readonly (QueryPlan | undefined)[]): QueryPlan | undefined {
  let best: QueryPlan | undefined;
  for (const plan of plans) if (plan !== undefined && (best === undefined || plan.cost < best.cost)) best = plan;
  return best;
}

function union(plans: readonly (QueryPlan | undefined)[]): QueryPlan | undefined {
  const known = plans.filter((plan) => plan !== undefined);
  if (known.length < plans.length) return undefined;
  return {
    cost: known.reduce((sum, { cost }) => sum + cost, 0),
    *find() {
      for (const plan of known) yield* plan.find();
    },
  };
}
