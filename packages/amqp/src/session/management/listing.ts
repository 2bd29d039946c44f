import type { JsonObject } from '../../admin/json.ts';
import { isObject, startingWith } from '../../admin/json.ts';
import { patternOf } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import type { Request } from './request.ts';

const page_size_default = 100;
const page_size_max = 500;

/** Sorts and thins out a list as the query asks (rabbit_mgmt_util:reply_list/3). */
export function listed(request: Request, items: readonly JsonObject[], show: 'columns' | 'whole' = 'columns'): Response {
  const shownOf = (item: JsonObject): JsonObject | readonly [] => (show === 'whole' ? item : columns(request, item));
  return request.json(sorted(request, items).map(shownOf));
}

/** Filters it and turns its pages, too, as only some lists of RabbitMQ's do (rabbit_mgmt_util:reply_list_or_paginate/3). */
export function paged(request: Request, items: readonly JsonObject[]): Response {
  const pageText = request.req.query('page');
  if (pageText === undefined) return listed(request, items);
  const sizeText = request.req.query('page_size');
  const [page, size] = [whole(pageText), sizeText === undefined ? page_size_default : whole(sizeText)];
  if (page < 1 || size < 1 || size > page_size_max) {
    throw new HttpError(
      400,
      'invalid_pagination_parameters',
      `Invalid pagination parameters: page number ${page}, page size ${sizeText ?? 'undefined'}`,
    );
  }
  const filtered = filter(request, sorted(request, items), request.req.query('name') ?? '', request.req.query('use_regex') === 'true');
  const pages = Math.ceil(filtered.length / size);
  if (page > Math.max(1, pages))
    throw new HttpError(400, 'page_out_of_range', `Page out of range, page: ${page} page size: ${size}, len: ${filtered.length}`);
  const shown = filtered.slice((page - 1) * size, page * size);
  return request.json({
    filtered_count: filtered.length,
    item_count: shown.length,
    items: shown.map((item) => columns(request, item)),
    page,
    page_count: request.get('release').has('unreadable-filters-fit-nothing') ? pages : Math.max(1, pages),
    page_size: size,
    total_count: items.length,
  });
}

export function one(request: Request, item: JsonObject): Response {
  return request.json(columns(request, item));
}

/** `columns=name,message_stats.publish_details.rate`. */
function columns(request: Request, item: JsonObject): JsonObject | readonly [] {
  const wanted = request.req.query('columns');
  if (wanted === undefined || wanted === '') return item;
  const result: Record<string, unknown> = {};
  for (const path of new Set(wanted.split(','))) copyPath(item, result, path.split('.'));
  // An empty list of properties is a list to Erlang; others stay in their order.
  return Object.keys(result).length === 0 ? [] : startingWith(Object.keys(item), result);
}

/** What is a map to Erlang is not looked into. */
const MAPS = ['arguments', 'effective_policy_definition', 'metadata', 'cluster_state'];

function copyPath(from: JsonObject, to: Record<string, unknown>, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined || !Object.hasOwn(from, name)) return;
  const value = from[name];
  if (rest.length === 0 || MAPS.includes(name)) {
    to[name] = value;
    return;
  }
  if (!isObject(value)) return;
  const nested: Record<string, unknown> = isObject(to[name]) ? { ...to[name] } : {};
  copyPath(value, nested, rest);
  to[name] = nested;
}

function sorted(request: Request, items: readonly JsonObject[]): readonly JsonObject[] {
  const by = request.req.query('sort');
  const paths = [...(by === undefined || by === '' ? [] : [by]), ...NATURAL_ORDER].map((name) => name.split('.'));
  const keyed = items.map((item) => ({ item, keys: paths.map((path) => valueAt(item, path)) }));
  keyed.sort((one, other) => compareKeys(one.keys, other.keys));
  const inOrder = keyed.map(({ item }) => item);
  return request.req.query('sort_reverse') === 'true' ? inOrder.reverse() : inOrder;
}

function valueAt(item: JsonObject, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const name of path) value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

/** What RabbitMQ's lists are sorted by when nothing else is asked for, and after what is. */
const NATURAL_ORDER = ['vhost', 'name', 'user', 'source', 'destination', 'routing_key', 'properties_key'];

function compareKeys(one: readonly unknown[], other: readonly unknown[]): number {
  for (const [index, key] of one.entries()) {
    const order = compare(key, other[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [String(one ?? ''), String(other ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function filter(request: Request, items: readonly JsonObject[], name: string, regex: boolean): readonly JsonObject[] {
  if (name === '') return items;
  if (!regex)
    return items.filter((item) =>
      String(item.name ?? '')
        .toLowerCase()
        .includes(name.toLowerCase()),
    );
  const pattern = patternOf(name, true);
  if (pattern.problem !== undefined) {
    if (request.get('release').has('unreadable-filters-fit-nothing')) return [];
    throw HttpError.badRequest(UNREADABLE);
  }
  return items.filter((item) => pattern.test(String(item.name ?? '')));
}

const UNREADABLE = 'Pagination parameters are invalid';

function whole(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw HttpError.badRequest(UNREADABLE);
  return Number(text);
}
