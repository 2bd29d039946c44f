import type { IncomingMessage } from 'node:http';
import type { Connection } from '@wirelike/kernel';
import { isBase64 } from '../../admin/base64.ts';
import { type LoginAttempt, Refusal, type User } from '../../model/index.ts';
import { addressOf, isLoopback } from '../authentication.ts';
import { HttpError } from './http-error.ts';
import { type Management, mayManage, type Request } from './request.ts';

/** Basic authentication (RFC 7617), against the broker's users. `connection`: none for a request in process. Throws {@link HttpError}. */
export function login({ broker }: Management, authorization: string | undefined, connection: Connection | undefined): User {
  const claimed = credentialsOf(authorization ?? '');
  // RabbitMQ spells it differently for users whom it doesn't know.
  const unknown = new HttpError(401, 'not_authorized', broker.persona === '3.10' ? 'Login failed' : 'Not_Authorized');
  unknown.challenges = !broker.release.has('unchallenged-logins');
  if (claimed === undefined) throw unknown;
  let name: string;
  try {
    name = broker.authenticate(claimed.user, claimed.password, { loopback: connection === undefined || isLoopback(connection) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { condition } = error;
    const fromAfar = condition.kind === 'login-refused' && condition.reason === 'loopback-only';
    throw fromAfar ? HttpError.refused('User can only log in via localhost') : unknown;
  }
  const user = broker.users.get(name);
  if (user === undefined || !mayManage(user)) throw HttpError.refused('Not management user');
  return user;
}

/** Lets a request through as its user, and counts who was let in and who was not (rabbit_web_dispatch_access_control:is_authorized/8). */
export async function loggedIn(
  management: Management,
  request: Request,
  connection: Connection | undefined,
  next: () => Promise<Response | undefined>,
): Promise<Response | undefined> {
  const { attempts, settings } = management.broker;
  const authorization = request.req.header('authorization');
  if (!isReadable(authorization ?? '')) {
    request.set('unread', true);
    return new Response(null, { status: 400 });
  }
  const user = credentialsOf(authorization ?? '')?.user;
  const attempt: LoginAttempt | undefined = user === undefined ? undefined : { protocol: 'http', address: addressOf(connection), user };
  try {
    request.set('user', login(management, authorization, connection));
  } catch (error) {
    if (attempt !== undefined) attempts.count(attempt, 'failed', settings.tracksLoginSources);
    throw error;
  }
  if (attempt !== undefined) attempts.count(attempt, 'succeeded', settings.tracksLoginSources);
  const correct = (error: unknown): void => {
    if (attempt !== undefined && error instanceof HttpError && error.refuses) attempts.correct(attempt);
  };
  try {
    const response = await next();
    correct(request.error);
    return response;
  } catch (error) {
    correct(error);
    throw error;
  }
}

/** Whether the body of a request is worth reading: strangers could fill the memory with theirs. */
export function isWelcome(management: Management, { headers, socket }: IncomingMessage): boolean {
  try {
    login(management, headers.authorization, management.connectionOf(socket));
    return true;
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}

/** Others end a request in cowboy (cow_http_hd:parse_authorization/1). */
function isReadable(authorization: string): boolean {
  return /^basic\s/i.test(authorization)
    ? isBase64(authorization.slice(6)) && credentialsOf(authorization) !== undefined
    : /^\S+\s/.test(authorization);
}

function credentialsOf(authorization: string): { user: string; password: string } | undefined {
  const [scheme, encoded = ''] = authorization.split(' ');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (scheme?.toLowerCase() !== 'basic' || colon < 0) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
