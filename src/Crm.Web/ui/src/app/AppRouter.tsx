import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  useLocation,
  useNavigate,
} from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Condition } from '../api/filter';
import { useAccessQuery } from '../rights/useRights';
import { SessionForgottenPage } from '../session/SessionForgottenPage';
import { SessionAcceptPage, SessionResetPage } from '../session/SessionLinkPage';
import { SessionSignInPage } from '../session/SessionSignInPage';
import { SignedIn, useSessionQuery } from '../session/session';
import { ErrorState } from '../ui/States';
import { AppNotFoundPage } from './AppNotFoundPage';
import { AppShell, AppShellSkeleton } from './AppShell';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

export interface ListSearch {
  q?: string;
  sort?: string;
  any?: boolean;
  where?: Condition[];
  /** The field that the list is grouped by. */
  group?: string;
  /** The group that is looked into, as `groupKey` writes it. */
  in?: string;
  create?: boolean;
}

function listSearch(search: Record<string, unknown>): ListSearch {
  const where = Array.isArray(search.where)
    ? (search.where as Condition[]).filter((each) => typeof each?.field === 'string' && typeof each.op === 'string')
    : [];
  return {
    q: text(search.q),
    sort: text(search.sort),
    any: search.any === true ? true : undefined,
    where: where.length > 0 ? where : undefined,
    group: text(search.group),
    in: typeof search.in === 'string' ? search.in : undefined,
    create: search.create === true ? true : undefined,
  };
}

const tabSearch = (search: Record<string, unknown>): { tab?: string } => ({ tab: text(search.tab) });

/** Leaves once: while it is on its way the address already changes, and must not be taken for the page to come back to. */
function ToSignIn() {
  const navigate = useNavigate();
  const wanted = useRef(useLocation().href);
  useEffect(() => {
    void navigate({
      to: '/sign-in',
      search: { next: wanted.current === '/' ? undefined : wanted.current },
      replace: true,
    });
  }, [navigate]);
  return <AppShellSkeleton />;
}

function Gate() {
  const query = useSessionQuery();
  const rights = useAccessQuery(query.data != null);
  if (query.isPending) return <AppShellSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  if (query.data === null) return <ToSignIn />;
  if (rights.isPending) return <AppShellSkeleton />;
  if (rights.isError) return <ErrorState error={rights.error} retry={() => void rights.refetch()} full />;
  return (
    <SignedIn session={query.data}>
      <AppShell />
    </SignedIn>
  );
}

function RootError({ error, reset }: { error: unknown; reset: () => void }) {
  return <ErrorState error={error} retry={reset} full />;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: AppNotFoundPage, errorComponent: RootError });
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SessionSignInPage,
  validateSearch: (search: Record<string, unknown>): { next?: string; problem?: string; company?: string } => ({
    next: text(search.next),
    problem: text(search.problem),
    company: text(search.company),
  }),
});
const forgotten = createRoute({ getParentRoute: () => root, path: '/forgotten', component: SessionForgottenPage });
const reset = createRoute({ getParentRoute: () => root, path: '/reset', component: SessionResetPage });
const accept = createRoute({ getParentRoute: () => root, path: '/accept', component: SessionAcceptPage });
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Gate,
  notFoundComponent: AppNotFoundPage,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('../home/HomePage'), 'HomePage'),
});
const leadList = createRoute({
  getParentRoute: () => shell,
  path: '/leads',
  component: lazyRouteComponent(() => import('../leads/LeadListPage'), 'LeadListPage'),
  validateSearch: listSearch,
});
const lead = createRoute({
  getParentRoute: () => shell,
  path: '/leads/$id',
  component: lazyRouteComponent(() => import('../leads/LeadRecordPage'), 'LeadRecordPage'),
});
const customerList = createRoute({
  getParentRoute: () => shell,
  path: '/customers',
  component: lazyRouteComponent(() => import('../customers/CustomerListPage'), 'CustomerListPage'),
  validateSearch: listSearch,
});
const customer = createRoute({
  getParentRoute: () => shell,
  path: '/customers/$id',
  component: lazyRouteComponent(() => import('../customers/CustomerRecordPage'), 'CustomerRecordPage'),
});
const contactList = createRoute({
  getParentRoute: () => shell,
  path: '/contacts',
  component: lazyRouteComponent(() => import('../contacts/ContactListPage'), 'ContactListPage'),
  validateSearch: listSearch,
});
const contact = createRoute({
  getParentRoute: () => shell,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('../contacts/ContactRecordPage'), 'ContactRecordPage'),
});
const opportunityList = createRoute({
  getParentRoute: () => shell,
  path: '/opportunities',
  component: lazyRouteComponent(() => import('../opportunities/OpportunityListPage'), 'OpportunityListPage'),
  validateSearch: listSearch,
});
const opportunity = createRoute({
  getParentRoute: () => shell,
  path: '/opportunities/$id',
  component: lazyRouteComponent(() => import('../opportunities/OpportunityRecordPage'), 'OpportunityRecordPage'),
});
const board = createRoute({
  getParentRoute: () => shell,
  path: '/board',
  component: lazyRouteComponent(() => import('../opportunities/OpportunityBoardPage'), 'OpportunityBoardPage'),
  validateSearch: (
    search: Record<string, unknown>,
  ): { pipeline?: string; q?: string; owner?: string; overdue?: boolean; create?: boolean } => ({
    pipeline: text(search.pipeline),
    q: text(search.q),
    owner: text(search.owner),
    overdue: search.overdue === true ? true : undefined,
    create: search.create === true ? true : undefined,
  }),
});
const funnel = createRoute({
  getParentRoute: () => shell,
  path: '/funnel',
  component: lazyRouteComponent(() => import('../funnel/FunnelPage'), 'FunnelPage'),
  validateSearch: (
    search: Record<string, unknown>,
  ): { pipeline?: string; month?: string; owner?: string; day?: string; currency?: string } => ({
    pipeline: text(search.pipeline),
    month: text(search.month),
    owner: text(search.owner),
    day: text(search.day),
    currency: text(search.currency),
  }),
});
const importList = createRoute({
  getParentRoute: () => shell,
  path: '/imports',
  component: lazyRouteComponent(() => import('../imports/ImportListPage'), 'ImportListPage'),
});
const importNew = createRoute({
  getParentRoute: () => shell,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('../imports/ImportWizardPage'), 'ImportWizardPage'),
});
const importRun = createRoute({
  getParentRoute: () => shell,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('../imports/ImportRunPage'), 'ImportRunPage'),
});
const fields = createRoute({
  getParentRoute: () => shell,
  path: '/settings/fields',
  component: lazyRouteComponent(() => import('../fields/FieldSettingsPage'), 'FieldSettingsPage'),
});
const pipelines = createRoute({
  getParentRoute: () => shell,
  path: '/settings/pipelines',
  component: lazyRouteComponent(() => import('../pipelines/PipelineSettingsPage'), 'PipelineSettingsPage'),
  validateSearch: (search: Record<string, unknown>): { pipeline?: string } => ({ pipeline: text(search.pipeline) }),
});
const people = createRoute({
  getParentRoute: () => shell,
  path: '/settings/people',
  component: lazyRouteComponent(() => import('../people/PeopleSettingsPage'), 'PeopleSettingsPage'),
  validateSearch: tabSearch,
});
const organisation = createRoute({
  getParentRoute: () => shell,
  path: '/settings/organisation',
  component: lazyRouteComponent(() => import('../organisation/OrganisationPage'), 'OrganisationPage'),
  validateSearch: (search: Record<string, unknown>): { department?: string } => ({
    department: text(search.department),
  }),
});
const roles = createRoute({
  getParentRoute: () => shell,
  path: '/settings/roles',
  component: lazyRouteComponent(() => import('../roles/RolesPage'), 'RolesPage'),
  validateSearch: (search: Record<string, unknown>): { role?: string; tab?: string } => ({
    role: text(search.role),
    tab: text(search.tab),
  }),
});

const security = createRoute({
  getParentRoute: () => shell,
  path: '/security',
  component: lazyRouteComponent(() => import('../security/SecurityPage'), 'SecurityPage'),
});
const securitySettings = createRoute({
  getParentRoute: () => shell,
  path: '/settings/security',
  component: lazyRouteComponent(() => import('../security/SecuritySettingsPage'), 'SecuritySettingsPage'),
});

const auditSettings = createRoute({
  getParentRoute: () => shell,
  path: '/settings/audit',
  component: lazyRouteComponent(() => import('../audit/AuditSettingsPage'), 'AuditSettingsPage'),
  validateSearch: tabSearch,
});
const company = createRoute({
  getParentRoute: () => shell,
  path: '/settings/company',
  component: lazyRouteComponent(() => import('../tenant/TenantSettingsPage'), 'TenantSettingsPage'),
  validateSearch: tabSearch,
});
const exportList = createRoute({
  getParentRoute: () => shell,
  path: '/exports',
  component: lazyRouteComponent(() => import('../audit/AuditExportsPage'), 'AuditExportsPage'),
});

/** The reference page is a file of its own; a server without a rule for the bare address hands it to us. */
function ToReference() {
  useEffect(() => window.location.replace('/docs/index.html'), []);
  return <AppShellSkeleton />;
}
const docs = createRoute({ getParentRoute: () => root, path: '/docs', component: ToReference });

/** Any other address: said inside the house, so that the way back is one click. */
const elsewhere = createRoute({ getParentRoute: () => shell, path: '$', component: AppNotFoundPage });

const tree = root.addChildren([
  signIn,
  forgotten,
  reset,
  accept,
  docs,
  shell.addChildren([
    home,
    leadList,
    lead,
    customerList,
    customer,
    contactList,
    contact,
    opportunityList,
    opportunity,
    board,
    funnel,
    importList,
    importNew,
    importRun,
    pipelines,
    fields,
    people,
    security,
    securitySettings,
    organisation,
    roles,
    auditSettings,
    company,
    exportList,
    elsewhere,
  ]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
