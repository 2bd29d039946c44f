import { type Channel, Recorder, Refusal } from '../../model/index.ts';
import { failureOf } from '../errors.ts';
import { HttpError } from './http-error.ts';
import { type Management, param, type Request } from './request.ts';

/**
 * Does something on a channel of the requesting user's, as the real plugin does over a direct connection: the
 * broker's own permission checks and refusals apply. Refusals become 400 with the broker's text (401 for
 * missing permissions).
 */
export function onChannel<T>({ broker }: Management, request: Request, work: (channel: Channel, seen: Recorder) => T): T {
  const vhost = param(request, 'vhost');
  if (!broker.vhosts.has(vhost)) throw HttpError.notFound();
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
    const { code, text } = failureOf(error.condition, broker.persona);
    const reason = text.replace(/^[A-Z_]+ - /, '');
    if (code === 404) throw HttpError.notFound();
    throw error.condition.kind === 'access-refused' || error.condition.kind === 'vhost-refused'
      ? HttpError.refused(reason)
      : HttpError.badRequest(reason);
  }
}
