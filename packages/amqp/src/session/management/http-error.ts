/** An answer other than success, in the form that RabbitMQ's management plugin gives it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly error: string;
  /** JSON: mostly a text, sometimes what Erlang's error tuples become, a list. */
  readonly reason: unknown;
  /** With `WWW-Authenticate`. */
  challenges = false;
  /** The user may not see it: RabbitMQ counts that as a failed login. */
  refuses = false;
  /** The broker refused it, not the management plugin. */
  isLate = false;

  constructor(status: number, error: string, reason: unknown) {
    super(typeof reason === 'string' ? reason : JSON.stringify(reason));
    this.status = status;
    this.error = error;
    this.reason = reason;
  }

  static badRequest(reason: unknown): HttpError {
    return new HttpError(400, 'bad_request', reason);
  }

  /** RabbitMQ dies of it: an answer without a word. */
  static crash(): HttpError {
    return new HttpError(500, '', '');
  }

  /** What the path names does not exist. */
  static notFound(): HttpError {
    return new HttpError(404, 'Object Not Found', 'Not Found');
  }

  /** What a request needs does not exist (rabbit_mgmt_util:not_found/3). */
  static missing(reason: string): HttpError {
    return new HttpError(404, 'not_found', reason);
  }

  /** The user is known, and may not (rabbit_mgmt_util:not_authorised/3). */
  static refused(reason: string): HttpError {
    const error = new HttpError(401, 'not_authorised', reason);
    error.refuses = true;
    return error;
  }

  /** The broker said no. */
  static denied(reason: string): HttpError {
    const error = HttpError.refused(reason);
    error.isLate = true;
    return error;
  }
}
