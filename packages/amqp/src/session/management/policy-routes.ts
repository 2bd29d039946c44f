import type { Hono } from 'hono';
import { parametersOf } from '../../admin/export-definitions.ts';
import { globalParametersOf } from '../../admin/global-parameters.ts';
import { isObject, type JsonObject } from '../../admin/json.ts';
import { policyProblem } from '../../admin/policy-problem.ts';
import { policyView } from '../../admin/policy-view.ts';
import { type Broker, PARAMETER_COMPONENTS, type Policy, type VirtualHost } from '../../model/index.ts';
import { define } from './defining.ts';
import { HttpError } from './http-error.ts';
import { listed, one } from './listing.ts';
import { bodyOf, type Management, type ManagementEnv, needed, param, type Request, vhostOf, visibleVhosts } from './request.ts';
import { asAdministrator, asPolicymaker } from './user-tags.ts';

interface PolicyKind {
  readonly path: 'policies' | 'operator-policies';
  of(vhost: VirtualHost): ReadonlyMap<string, Policy>;
  set(vhost: VirtualHost, name: string, body: JsonObject): void;
  clear(vhost: VirtualHost, name: string): void;
  readonly guard: typeof asPolicymaker;
}

export function policyRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  policiesOf(app, management, {
    path: 'policies',
    guard: asPolicymaker,
    of: (vhost) => vhost.policies,
    set: (vhost, name, body) => define(broker, { policies: [{ ...body, vhost: vhost.name, name }] }),
    clear: (vhost, name) => vhost.setPolicy(name, undefined),
  });
  policiesOf(app, management, {
    path: 'operator-policies',
    guard: asAdministrator,
    of: (vhost) => vhost.operatorPolicies,
    set: (vhost, name, value) => define(broker, { parameters: [{ vhost: vhost.name, component: 'operator_policy', name, value }] }),
    clear: (vhost, name) => vhost.setOperatorPolicy(name, undefined),
  });
  parameterRoutes(app, management);
}

function policiesOf(app: Hono<ManagementEnv>, { broker }: Management, kind: PolicyKind): void {
  const views = (vhost: VirtualHost): JsonObject[] => [...kind.of(vhost).values()].map((policy) => policyView(vhost, policy));
  // RabbitMQ dies of a virtual host that is none, if operator policies are meant.
  const dies = kind.path === 'operator-policies' && broker.release.has('dying-operator-policies') && !broker.release.has('unseen-vhosts');
  const found = (request: Request): VirtualHost => {
    if (dies && !broker.vhosts.has(param(request, 'vhost'))) throw HttpError.crash();
    return vhostOf(broker, request);
  };
  const policyOf = (request: Request): Policy => {
    const policy = kind.of(found(request)).get(param(request, 'name'));
    if (policy === undefined) throw HttpError.notFound();
    return policy;
  };
  app.get(`/${kind.path}`, (request) => {
    const visible = visibleVhosts(broker, request.get('user'));
    return listed(request, [...broker.vhosts.values()].filter(({ name }) => visible.has(name)).flatMap(views));
  });
  app.get(`/${kind.path}/:vhost`, (request) => listed(request, views(vhostOf(broker, request))));
  app.get(`/${kind.path}/:vhost/:name`, (request) => one(request, policyView(found(request), policyOf(request))));
  app.put(`/${kind.path}/:vhost/:name`, kind.guard, async (request) => {
    const vhost = dies ? found(request) : writable(broker, request);
    const body = await bodyOf(request);
    needed(body, 'pattern', 'definition');
    if (!isObject(body.definition)) throw HttpError.crash();
    const problem = policyProblem(body, kind.path === 'operator-policies', broker.release);
    if (problem !== undefined)
      throw HttpError.badRequest(
        `Validation failed\n\n${kind.path === 'policies' && !broker.release.has('plain-policy-problems') ? escaped(problem) : problem}\n`,
      );
    const existed = kind.of(vhost).has(param(request, 'name'));
    kind.set(vhost, param(request, 'name'), body);
    return request.body(null, existed ? 204 : 201);
  });
  app.delete(`/${kind.path}/:vhost/:name`, kind.guard, (request) => {
    kind.clear(found(request), policyOf(request).name);
    return request.body(null, 204);
  });
}

/** To write into a virtual host that does not exist is a different error from reading there. */
function writable(broker: Broker, request: Request): VirtualHost {
  if (!broker.vhosts.has(param(request, 'vhost'))) throw HttpError.missing('vhost_not_found');
  return vhostOf(broker, request);
}

/** rabbit_mgmt_wm_policy answers in HTML, as it were. */
function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function parameterRoutes(app: Hono<ManagementEnv>, management: Management): void {
  const { broker } = management;
  const views = (vhost: VirtualHost, component: string | undefined): JsonObject[] =>
    parametersOf(vhost)
      .filter((parameter) => component === undefined || parameter.component === component)
      .map(({ component, name, value }) => ({ value, vhost: vhost.name, component, name }));
  app.get('/parameters', asPolicymaker, (request) =>
    listed(
      request,
      [...broker.vhosts.values()].flatMap((vhost) => views(vhost, undefined)),
    ),
  );
  app.get('/parameters/:component', asPolicymaker, (request) =>
    listed(
      request,
      [...broker.vhosts.values()].flatMap((vhost) => views(vhost, param(request, 'component'))),
    ),
  );
  app.get('/parameters/:component/:vhost', asPolicymaker, (request) =>
    listed(request, views(vhostOf(broker, request), param(request, 'component'))),
  );
  app.get('/parameters/:component/:vhost/:name', asPolicymaker, (request) => {
    const found = views(vhostOf(broker, request), param(request, 'component')).find(({ name }) => name === param(request, 'name'));
    if (found === undefined) throw HttpError.notFound();
    return one(request, found);
  });
  app.put('/parameters/:component/:vhost/:name', asPolicymaker, async (request) => {
    const vhost = writable(broker, request);
    const [value] = needed(await bodyOf(request), 'value');
    const component = param(request, 'component');
    if (!PARAMETER_COMPONENTS.includes(component)) throw HttpError.badRequest(`Validation failed\n\ncomponent ${component} not found\n`);
    define(broker, { parameters: [{ vhost: vhost.name, component: param(request, 'component'), name: param(request, 'name'), value }] });
    return request.body(null, 201);
  });
  app.delete('/parameters/:component/:vhost/:name', asPolicymaker, (request) => {
    const [vhost, component, name] = [vhostOf(broker, request), param(request, 'component'), param(request, 'name')];
    const isPolicy = component === 'operator_policy' && vhost.operatorPolicies.has(name);
    if (isPolicy) vhost.setOperatorPolicy(name, undefined);
    else if (!vhost.clearParameter(component, name)) throw HttpError.notFound();
    return request.body(null, 204);
  });
  globalParameterRoutes(app, management);
}

function globalParameterRoutes(app: Hono<ManagementEnv>, { broker }: Management): void {
  app.get('/global-parameters', asPolicymaker, (request) =>
    listed(
      request,
      Array.from(globalParametersOf(broker), ([name, value]) => ({ name, value })),
    ),
  );
  app.get('/global-parameters/:name', asPolicymaker, (request) => {
    const name = param(request, 'name');
    if (!broker.globalParameters.has(name)) throw HttpError.notFound();
    return one(request, { value: broker.globalParameters.get(name), name });
  });
  app.put('/global-parameters/:name', asPolicymaker, async (request) => {
    const existed = broker.globalParameters.has(param(request, 'name'));
    const [value] = needed(await bodyOf(request), 'value');
    define(broker, { global_parameters: [{ name: param(request, 'name'), value }] });
    return request.body(null, existed ? 204 : 201);
  });
  app.delete('/global-parameters/:name', asPolicymaker, (request) => {
    if (!broker.globalParameters.delete(param(request, 'name'))) throw HttpError.notFound();
    return request.body(null, 204);
  });
}
