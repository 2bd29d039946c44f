/** A runtime parameter (https://www.rabbitmq.com/docs/parameters). The value is JSON. */
export interface Parameter {
  readonly component: string;
  readonly name: string;
  readonly value: unknown;
}
