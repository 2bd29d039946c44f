import type { Hono } from 'hono';
import { channelName, channelView, connectionView, consumerView } from '../../admin/connection-view.ts';
import { inOrder } from '../../admin/json.ts';
import type { BrokerConnection, Channel } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { listed, one, paged } from './listing.ts';
import { isAdministrator, isMonitor, type Management, type ManagementEnv, param, type Request, vhostOf } from './request.ts';

export function connectionRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, rates } = management;
  const views = (request: Request, connections: readonly BrokerConnection[], list: typeof listed = listed): Response =>
    list(
      request,
      connections.map((connection) => inOrder(connectionView(broker, connection, rates))),
    );
  const close = (request: Request, connections: readonly BrokerConnection[]): Response => {
    const meant = new Set(connections);
    broker.closeConnections((connection) => meant.has(connection), request.req.header('x-reason') ?? 'Closed via management plugin');
    return request.body(null, 204);
  };
  const ofUser = (request: Request): BrokerConnection[] =>
    visible(management, request).filter(({ user }) => user === param(request, 'user'));

  app.get('/connections', (request) => views(request, visible(management, request), paged));
  app.get('/vhosts/:vhost/connections', (request) => views(request, inVhost(management, request)));
  app.get('/connections/username/:user', (request) =>
    listed(
      request,
      ofUser(request).map(({ name, vhost, user }) => ({ name, vhost, user, node: broker.nodeName })),
    ),
  );
  app.delete('/connections/username/:user', (request) => close(request, ofUser(request)));
  app.get('/connections/:name', (request) => one(request, inOrder(connectionView(broker, connectionOf(management, request), rates))));
  app.delete('/connections/:name', (request) => close(request, [connectionOf(management, request)]));
  // AMQP 1.0 has sessions.
  if (broker.release.has('users-queues'))
    app.get('/connections/:name/sessions', (request) => {
      connectionOf(management, request);
      return request.json([]);
    });
  channelRoutes(app, management);
}

function channelRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, rates } = management;
  const channels = (connections: readonly BrokerConnection[]): Channel[] => connections.flatMap(({ channels }) => [...channels.values()]);
  const views = (request: Request, connections: readonly BrokerConnection[], list: typeof listed = listed): Response =>
    list(
      request,
      channels(connections).map((channel) => inOrder(channelView(broker, channel, rates))),
    );
  app.get('/connections/:name/channels', (request) => views(request, [connectionOf(management, request)]));
  app.get('/channels', (request) => views(request, visible(management, request), paged));
  app.get('/vhosts/:vhost/channels', (request) => views(request, inVhost(management, request)));
  app.get('/channels/:name', (request) => {
    const channel = channels(visible(management, request)).find((candidate) => channelName(candidate) === param(request, 'name'));
    if (channel === undefined) throw isMonitor(request.get('user')) ? HttpError.notFound() : HttpError.crash();
    const consumers = [...channel.consumers.values()].map((consumer) => consumerView(broker, consumer));
    return one(request, inOrder({ ...channelView(broker, channel, rates), consumer_details: consumers, deliveries: [], publishes: [] }));
  });
}

/** Everybody's, or their own. */
function visible({ broker }: Management, request: Request): BrokerConnection[] {
  const user = request.get('user');
  return [...broker.connections].filter((connection) => isMonitor(user) || connection.user === user.name);
}

function inVhost(management: Management, request: Request): BrokerConnection[] {
  const { name } = vhostOf(management.broker, request);
  return visible(management, request).filter(({ vhost }) => vhost === name);
}

function connectionOf(management: Management, request: Request): BrokerConnection {
  const connection = visible(management, request).find(({ name }) => name === param(request, 'name'));
  if (connection !== undefined) return connection;
  // Whether somebody may is asked of the connection first: RabbitMQ dies where there is none.
  const { method, path } = request.req;
  const user = request.get('user');
  const may = method === 'DELETE' ? isAdministrator(user) : isMonitor(user);
  throw may && !path.endsWith('/channels') ? HttpError.notFound() : HttpError.crash();
}
