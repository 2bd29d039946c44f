import type { Hono } from 'hono';
import { exportDefinitions, exportVhostDefinitions } from '../../admin/export-definitions.ts';
import { isObject, type JsonObject, orderedIn, startingWith } from '../../admin/json.ts';
import { defined } from './defining.ts';
import { HttpError } from './http-error.ts';
import { one } from './listing.ts';
import { bodyOf, type Management, type ManagementEnv, param, type Request, vhostOf } from './request.ts';
import { asAdministrator } from './user-tags.ts';

export function definitionRoutes(app: Hono<ManagementEnv>, { broker }: Management): void {
  // The second is the old name.
  for (const path of ['/definitions', '/all-configuration']) {
    app.get(path, asAdministrator, (request) => download(request, exportDefinitions(broker)));
    app.post(path, asAdministrator, async (request) => {
      defined(broker, await uploaded(request), undefined, request.get('user').name);
      return request.body(null, 204);
    });
  }
  app.get('/definitions/:vhost', asAdministrator, (request) => {
    if (!broker.vhosts.has(param(request, 'vhost'))) throw HttpError.badRequest('vhost_not_found');
    return download(request, exportVhostDefinitions(vhostOf(broker, request)));
  });
  app.post('/definitions/:vhost', asAdministrator, async (request) => {
    const definitions = await uploaded(request);
    if (!broker.vhosts.has(param(request, 'vhost'))) throw HttpError.missing('vhost_not_found');
    defined(broker, definitions, vhostOf(broker, request).name);
    return request.body(null, 204);
  });
}

/** RabbitMQ's order of the numbers of Erlang's atoms. */
const IN_ORDER = [
  ...['permissions', 'description', 'metadata', 'rabbitmq_version', 'product_name', 'product_version', 'rabbit_version', 'limits'],
  ...['exchanges', 'vhosts', 'users', 'global_parameters', 'parameters', 'policies', 'topic_permissions', 'explanation'],
  ...['original_vhost_name', 'rabbitmq_definition_format', 'original_cluster_name', 'queues', 'bindings'],
];

function download(request: Request, exported: JsonObject): Response {
  const isSorted = request.get('release').has('leaner-definitions');
  const definitions = isSorted
    ? Object.fromEntries(Object.entries(exported).map(([name, members]) => [name, orderedIn(members)]))
    : exported;
  const name = request.req.query('download');
  if (name !== undefined) request.header('content-disposition', `attachment; filename=${name.replace(/[^\w.-]/g, '_')}`);
  return isSorted ? request.json(startingWith(IN_ORDER, definitions)) : one(request, definitions);
}

/** JSON, or the file field of the form that the management page has. */
async function uploaded(request: Request): Promise<JsonObject> {
  if (!request.req.header('content-type')?.startsWith('multipart/form-data')) return bodyOf(request, 'failed_to_parse_json');
  try {
    const file = (await request.req.formData()).get('file');
    const value: unknown = JSON.parse(typeof file === 'string' ? file : ((await file?.text()) ?? ''));
    if (isObject(value)) return value;
  } catch {
    // Neither a form nor JSON: refused below, like JSON that is no object.
  }
  throw HttpError.badRequest('failed_to_parse_json');
}
