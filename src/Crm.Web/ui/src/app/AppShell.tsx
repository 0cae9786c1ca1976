import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  CloudUploadOutlined,
  ContactsOutlined,
  EllipsisOutlined,
  FormOutlined,
  FunnelPlotOutlined,
  HomeOutlined,
  KeyOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  NodeIndexOutlined,
  SafetyCertificateOutlined,
  ShopOutlined,
  SolutionOutlined,
  TableOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { Button, Drawer, Dropdown, Tooltip } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../platform/media';
import { recall, remember } from '../platform/storage';
import { useAccessQuery, useMay, useRoleNames } from '../rights/useRights';
import { setLocale, signOut, useMe } from '../session/session';
import { Avatar } from '../ui/Avatar';
import { PageSkeleton } from '../ui/States';
import { AppBoundary } from './AppBoundary';
import { Brand } from './AppBrand';
import { AppCommandPalette } from './AppCommandPalette';
import { AppLiveDot } from './AppLiveDot';
import { AppNotFoundPage } from './AppNotFoundPage';
import { AppSearchBox } from './AppSearchBox';
import { LanguageSwitch, LookSwitch } from './AppSwitches';
import { type PlaceKey, useIsElsewhere, usePlaces } from './places';
import { useTenantNews } from './useTenantNews';

const icons: Record<PlaceKey, ReactNode> = {
  home: <HomeOutlined />,
  leads: <SolutionOutlined />,
  board: <AppstoreOutlined />,
  opportunities: <TableOutlined />,
  funnel: <FunnelPlotOutlined />,
  customers: <BankOutlined />,
  contacts: <ContactsOutlined />,
  imports: <CloudUploadOutlined />,
  pipelines: <NodeIndexOutlined />,
  fields: <FormOutlined />,
  people: <TeamOutlined />,
  organisation: <ApartmentOutlined />,
  roles: <SafetyCertificateOutlined />,
  security: <KeyOutlined />,
  company: <ShopOutlined />,
  audit: <AuditOutlined />,
};
const groups = ['work', 'book', 'settings'] as const;
const tabs = ['home', 'leads', 'board', 'funnel'] as const;

function NavLinks({ folded, onGo }: { folded: boolean; onGo?: () => void }) {
  const { t } = useTranslation();
  const places = usePlaces();
  return (
    <nav className="nav-links" aria-label={t('shell.navigation')}>
      {groups
        .filter((group) => places.some((place) => place.group === group))
        .map((group) => (
          <div key={group} className="nav-group">
            {folded ? <div className="nav-rule" /> : <div className="nav-title">{t(`shell.group.${group}`)}</div>}
            {places
              .filter((place) => place.group === group)
              .map((place) => (
                <Tooltip key={place.key} title={folded ? t(`nav.${place.key}`) : null} placement="right">
                  <Link
                    to={place.to}
                    className="nav-link"
                    activeProps={{ className: 'nav-link active' }}
                    activeOptions={{ exact: place.to === '/', includeSearch: false }}
                    data-testid={`nav-${place.key}`}
                    onClick={onGo}
                  >
                    {icons[place.key]}
                    {folded ? null : <span>{t(`nav.${place.key}`)}</span>}
                  </Link>
                </Tooltip>
              ))}
          </div>
        ))}
    </nav>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const nameOf = useRoleNames();
  const maySeeExports = useMay('exports', 'read');
  const role = useAccessQuery().data?.role ?? me.user.role;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          {
            key: 'who',
            disabled: true,
            label: (
              <div className="user-who">
                <strong>{me.user.name}</strong>
                <span>
                  {me.tenant.name} · {nameOf(role)}
                </span>
              </div>
            ),
          },
          { type: 'divider' },
          { key: 'zh-CN', label: t('shell.chinese'), onClick: () => void setLocale('zh-CN') },
          { key: 'en', label: t('shell.english'), onClick: () => void setLocale('en') },
          { type: 'divider' },
          { key: 'security', label: t('security.title'), onClick: () => void navigate({ to: '/security' }) },
          ...(maySeeExports
            ? [{ key: 'exports', label: t('audit.exports.mine'), onClick: () => void navigate({ to: '/exports' }) }]
            : []),
          { key: 'docs', label: t('shell.docs'), onClick: () => window.open('/docs/index.html', '_blank', 'noopener') },
          {
            key: 'out',
            label: t('session.signOut'),
            onClick: () => void signOut().then(() => navigate({ to: '/sign-in' })),
          },
        ],
      }}
    >
      <button type="button" className="user-button" data-testid="user-menu" aria-label={me.user.name}>
        <Avatar id={me.user.id} name={me.user.name} size={28} />
      </button>
    </Dropdown>
  );
}

function Frame({
  nav,
  top,
  children,
  tabBar,
}: {
  nav: ReactNode;
  top: ReactNode;
  children: ReactNode;
  tabBar: ReactNode;
}) {
  return (
    <div className="shell">
      {nav}
      <div className="shell-main">
        <header className="top">{top}</header>
        <div className="shell-content">{children}</div>
        {tabBar}
      </div>
    </div>
  );
}

export function AppShell() {
  const { t } = useTranslation();
  const phone = usePhone();
  const [folded, setFolded] = useState(() => recall<boolean>('nav') ?? false);
  const [drawer, setDrawer] = useState(false);
  const places = usePlaces();
  const elsewhere = useIsElsewhere();
  useTenantNews();
  const fold = () => {
    setFolded(!folded);
    remember('nav', !folded);
  };

  const nav = phone ? null : (
    <aside className={folded ? 'nav folded' : 'nav'}>
      <div className="nav-head">
        <Brand small={folded} />
      </div>
      <NavLinks folded={folded} />
      <Button
        type="text"
        className="nav-fold"
        icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        aria-label={t('shell.fold')}
        onClick={fold}
      />
    </aside>
  );

  const top = (
    <>
      <AppSearchBox />
      <span className="grow" />
      <AppLiveDot />
      {phone ? null : <LookSwitch />}
      {phone ? null : <LanguageSwitch />}
      <UserMenu />
    </>
  );

  const tabBar = phone ? (
    <nav className="tab-bar" aria-label={t('shell.navigation')}>
      {places
        .filter((place) => (tabs as readonly string[]).includes(place.key))
        .map((place) => (
          <Link
            key={place.key}
            to={place.to}
            className="tab"
            activeProps={{ className: 'tab active' }}
            activeOptions={{ exact: place.to === '/', includeSearch: false }}
            data-testid={`tab-${place.key}`}
          >
            {icons[place.key]}
            <span>{t(`nav.${place.key}`)}</span>
          </Link>
        ))}
      <button type="button" className="tab" data-testid="tab-more" onClick={() => setDrawer(true)}>
        <EllipsisOutlined />
        <span>{t('shell.more')}</span>
      </button>
      <Drawer open={drawer} onClose={() => setDrawer(false)} placement="bottom" size="auto" title={<Brand />}>
        <NavLinks folded={false} onGo={() => setDrawer(false)} />
        <div className="drawer-switches">
          <LookSwitch />
          <LanguageSwitch />
        </div>
      </Drawer>
    </nav>
  ) : null;

  return (
    <Frame nav={nav} top={top} tabBar={tabBar}>
      <AppBoundary>{elsewhere ? <AppNotFoundPage /> : <Outlet />}</AppBoundary>
      <AppCommandPalette />
    </Frame>
  );
}

/** The frame of the house while we ask who is there. */
export function AppShellSkeleton() {
  const phone = usePhone();
  return (
    <Frame nav={phone ? null : <aside className="nav" />} top={null} tabBar={null}>
      <PageSkeleton />
    </Frame>
  );
}
