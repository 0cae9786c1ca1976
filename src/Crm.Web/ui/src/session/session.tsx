import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext } from 'react';
import { cache, keys } from '../api/cache';
import { session } from '../api/crm';
import { Problem } from '../api/problem';
import type { ModuleKey, Session, Tenant } from '../api/types';
import { asLocale, speak } from '../i18n/i18n';
import { goLive, goSilent } from '../live/connection';
import { setServerTime } from '../platform/clock';
import { recall } from '../platform/storage';

const Signed = createContext<Session | null>(null);

/** Who is signed in. Only to be used below the signed-in shell. */
export function useMe(): Session {
  const me = useContext(Signed);
  if (!me) throw new Error('useMe outside of the signed-in shell');
  return me;
}

export function SignedIn({ session: me, children }: { session: Session; children: ReactNode }) {
  return <Signed value={me}>{children}</Signed>;
}

/** `null` while nobody is signed in. */
export function useSessionQuery() {
  return useQuery<Session | null>({
    queryKey: keys.session,
    queryFn: async () => {
      try {
        return welcome(await session.get());
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

/** Whether the company works with a module. */
export function useModules(): (module: ModuleKey) => boolean {
  const modules = useSessionQuery().data?.tenant.modules;
  return useCallback((module) => modules?.includes(module) ?? true, [modules]);
}

/** The company's settings have changed. Says whether its modules have. */
export function setTenant(tenant: Tenant): boolean {
  const me = cache.getQueryData<Session | null>(keys.session);
  if (!me) return false;
  cache.setQueryData<Session>(keys.session, { ...me, tenant });
  return me.tenant.modules.join() !== tenant.modules.join();
}

function welcome(me: Session): Session {
  setServerTime(me.serverTime);
  // A browser that was never told otherwise speaks the language the user chose elsewhere.
  if (me.user.locale && recall('locale') === undefined) speak(asLocale(me.user.locale));
  goLive();
  return me;
}

/** Takes over a session that has just begun, and keeps the language that was chosen on the sign-in page. */
export async function enter(me: Session, locale: string): Promise<void> {
  cache.setQueryData(keys.session, welcome(me));
  if (me.user.locale !== locale) await setLocale(locale);
}

export async function signOut(): Promise<void> {
  await session.signOut();
  forget();
}

/** Leaves nothing of the last user in this tab. */
export function forget(): void {
  goSilent();
  cache.setQueryData(keys.session, null);
  cache.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
}

/** Changes the language at once and tells the server for the next visit. */
export async function setLocale(locale: string): Promise<void> {
  const wanted = asLocale(locale);
  speak(wanted);
  if (!cache.getQueryData(keys.session)) return;
  try {
    cache.setQueryData(keys.session, await session.setLocale(wanted));
  } catch {
    // The screen already speaks it; only the next browser will not know.
  }
}
