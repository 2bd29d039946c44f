import type { Policy, VirtualHost } from '../model/index.ts';
import { inOrder, type JsonObject } from './json.ts';

/** `/api/policies`: one policy. */
export function policyView(vhost: VirtualHost, policy: Policy): JsonObject {
  return {
    vhost: vhost.name,
    name: policy.name,
    pattern: policy.pattern,
    'apply-to': policy.applyTo,
    definition: inOrder(policy.definition),
    priority: policy.priority,
  };
}
