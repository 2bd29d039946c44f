import type { Broker } from '../model/index.ts';

/** Global runtime parameters: what clients set, and what RabbitMQ keeps among them itself. */
export function globalParametersOf(broker: Broker): ReadonlyMap<string, unknown> {
  const own: [string, unknown][] = [];
  if (broker.clusterName !== broker.nodeName) own.push(['cluster_name', broker.clusterName]);
  if (broker.release.has('cluster-tags')) own.push(['cluster_tags', []]);
  own.push(['internal_cluster_id', CLUSTER_ID]);
  return new Map([...own, ...broker.globalParameters]);
}

/** RabbitMQ's is random; a world's is the same in every run. */
const CLUSTER_ID = 'rabbitmq-cluster-id-d2lyZWxpa2UAAAAAAAAAAA';
