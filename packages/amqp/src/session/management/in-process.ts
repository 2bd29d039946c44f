import { type Channel, Recorder, Refusal } from '../../model/index.ts';
import { failureOf } from '../errors.ts';
import { HttpError } from './http-error.ts';
import { type Management, param, type Request } from './request.ts';

/** What the broker refused, as an answer: its reply code, and its text behind `NAME - `. */
type Explain = (code: number, text: string, named: string) => HttpError;

/**
 * Does something on a channel of the requesting user's: the broker's own permission checks and refusals apply.
 */
export function onChannel<T>({ broker }: Management, request: Request, explain: Explain, work: (channel: Channel, seen: Recorder) => T): T {
  const vhost = param(request, 'vhost');
  if (!broker.vhosts.has(vhost)) throw HttpError.missing('vhost_not_found');
  const sink = new Recorder();
  try {
    const connection = broker.connect({ user: request.get('user').name, vhost, name: 'management', sink });
    try {
      return work(connection.openChannel(1, sink), sink);
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { condition } = error;
    if (condition.kind === 'vhost-refused') throw HttpError.denied('Access refused.');
    const { code, text } = failureOf(condition, broker.release);
    throw explain(code, text.replace(/^[A-Z_]+ - /, ''), text);
  }
}

/** rabbit_mgmt_util:direct_request/6: declarations, deletions, bindings. */
export const declared: Explain = (code, text) => {
  if (code === 404) return HttpError.missing(text);
  return code === 403 || code === 530 ? HttpError.denied('Access refused.') : HttpError.badRequest(text);
};

/** rabbit_mgmt_wm_exchange_publish: whatever it is. */
export const published: Explain = (code, _, named) => HttpError.badRequest(`${code} ${named}`);

/** rabbit_mgmt_util:with_channel/5. */
export const gotten: Explain = (code, text, named) => {
  if (code === 404) return HttpError.missing(named);
  if (code === 403) return HttpError.denied(named);
  return HttpError.badRequest(`${code} ${code === 540 ? text : named}`);
};
