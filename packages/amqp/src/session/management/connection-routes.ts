import type { Hono } from 'hono';
import { channelName, channelView, connectionView, consumerView } from '../../admin/connection-view.ts';
import type { BrokerConnection, Channel } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { listed, one } from './listing.ts';
import { isMonitor, type Management, type ManagementEnv, param, type Request, vhostOf } from './request.ts';

export function connectionRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker, rates } = management;
  const visible = (request: Request): BrokerConnection[] => {
    const user = request.get('user');
    return [...broker.connections].filter((connection) => isMonitor(user) || connection.user === user.name);
  };
  const channels = (connections: readonly BrokerConnection[]): Channel[] => connections.flatMap(({ channels }) => [...channels.values()]);
  const connectionOf = (request: Request): BrokerConnection => {
    const connection = visible(request).find(({ name }) => name === param(request, 'name'));
    if (connection === undefined) throw HttpError.notFound();
    return connection;
  };
  const views = (request: Request, connections: readonly BrokerConnection[]): Response =>
    listed(
      request,
      connections.map((connection) => connectionView(broker, connection, rates)),
    );
  const channelViews = (request: Request, of: readonly BrokerConnection[]): Response =>
    listed(
      request,
      channels(of).map((channel) => channelView(broker, channel, rates)),
    );
  const close = (which: (connection: BrokerConnection) => boolean, request: Request): void =>
    broker.closeConnections(which, request.req.header('x-reason') ?? 'Closed via management plugin');

  app.get('/connections', (request) => views(request, visible(request)));
  app.get('/vhosts/:vhost/connections', (request) => {
    const vhost = vhostOf(broker, request);
    return views(
      request,
      visible(request).filter((connection) => connection.vhost === vhost.name),
    );
  });
  app.get('/connections/username/:user', (request) => {
    const ofUser = visible(request).filter(({ user }) => user === param(request, 'user'));
    return listed(
      request,
      ofUser.map(({ name, vhost, user }) => ({ name, vhost, user, node: broker.nodeName })),
    );
  });
  app.delete('/connections/username/:user', (request) => {
    const user = param(request, 'user');
    close((connection) => connection.user === user && visible(request).includes(connection), request);
    return request.body(null, 204);
  });
  app.get('/connections/:name', (request) => one(request, connectionView(broker, connectionOf(request), rates)));
  app.delete('/connections/:name', (request) => {
    const connection = connectionOf(request);
    close((other) => other === connection, request);
    return request.body(null, 204);
  });
  app.get('/connections/:name/channels', (request) => channelViews(request, [connectionOf(request)]));
  app.get('/channels', (request) => channelViews(request, visible(request)));
  app.get('/vhosts/:vhost/channels', (request) => {
    const vhost = vhostOf(broker, request);
    return channelViews(
      request,
      visible(request).filter((connection) => connection.vhost === vhost.name),
    );
  });
  app.get('/channels/:name', (request) => {
    const channel = channels(visible(request)).find((candidate) => channelName(candidate) === param(request, 'name'));
    if (channel === undefined) throw HttpError.notFound();
    const consumers = [...channel.consumers.values()].map((consumer) => consumerView(broker, consumer));
    return one(request, { ...channelView(broker, channel, rates), consumer_details: consumers, deliveries: [], publishes: [] });
  });
}
