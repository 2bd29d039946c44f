import type { Context, Next } from 'hono';
import type { User } from '../../model/index.ts';
import { HttpError } from './http-error.ts';
import { isAdministrator, isMonitor, isPolicymaker, type ManagementEnv } from './request.ts';

const guard =
  (reason: string, allowed: (user: User) => boolean) =>
  async (context: Context<ManagementEnv>, next: Next): Promise<void> => {
    if (!allowed(context.get('user'))) throw HttpError.refused(reason);
    await next();
  };

/** The texts are rabbit_mgmt_util:is_authorized_admin/2's and its siblings'. */
export const asAdministrator: ReturnType<typeof guard> = guard('Not administrator user', isAdministrator);
export const asMonitor: ReturnType<typeof guard> = guard('Not monitor user', isMonitor);
export const asPolicymaker: ReturnType<typeof guard> = guard('User not authorised to access object', isPolicymaker);
