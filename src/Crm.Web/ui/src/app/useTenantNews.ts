import type { Tenant } from '../api/types';
import { type ServerSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { refreshAccess } from '../rights/useRights';
import { setTenant } from '../session/session';

/** Follows the company's settings: a module that is switched off is gone from every open page at once. */
export function useTenantNews(): void {
  useTopic<ServerSays<Tenant, Tenant>>(topics.tenant, ({ data }) => {
    if (setTenant(data)) void refreshAccess();
  });
}
