/** A runtime parameter (https://www.rabbitmq.com/docs/parameters). The value is JSON. */
export interface Parameter {
  readonly component: string;
  readonly name: string;
  readonly value: unknown;
}

/** Whose parameters are kept: the broker's own, and those of plugins that have no effect here. */
export const PARAMETER_COMPONENTS: readonly string[] = [
  'vhost-limits',
  'operator_policy',
  'federation-upstream',
  'federation-upstream-set',
  'shovel',
];
