/** An answer other than success, in the form that RabbitMQ's management plugin gives it. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, reason: string) {
    super(reason);
    this.status = status;
    this.error = error;
  }

  static badRequest(reason: string): HttpError {
    return new HttpError(400, 'bad_request', reason);
  }

  static notFound(): HttpError {
    return new HttpError(404, 'Object Not Found', 'Not Found');
  }

  static refused(reason: string): HttpError {
    return new HttpError(401, 'not_authorised', reason);
  }
}
