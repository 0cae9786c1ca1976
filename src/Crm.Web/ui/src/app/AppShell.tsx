import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  CloudUploadOutlined,
  ContactsOutlined,
  EllipsisOutlined,
  FunnelPlotOutlined,
  HomeOutlined,
  KeyOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
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
import { setLocale, signOut, useMe } from '../session/session';
import { Avatar } from '../ui/Avatar';
import { PageSkeleton } from '../ui/States';
import { AppBoundary } from './AppBoundary';
import { Brand } from './AppBrand';
import { AppCommandPalette } from './AppCommandPalette';
import { AppLiveDot } from './AppLiveDot';
import { AppSearchBox } from './AppSearchBox';
import { LanguageSwitch, LookSwitch } from './AppSwitches';

const places = [
  { key: 'home', to: '/', icon: <HomeOutlined />, group: 'work' },
  { key: 'leads', to: '/leads', icon: <SolutionOutlined />, group: 'work' },
  { key: 'board', to: '/board', icon: <AppstoreOutlined />, group: 'work' },
  { key: 'opportunities', to: '/opportunities', icon: <TableOutlined />, group: 'work' },
  { key: 'funnel', to: '/funnel', icon: <FunnelPlotOutlined />, group: 'work' },
  { key: 'customers', to: '/customers', icon: <BankOutlined />, group: 'book' },
  { key: 'contacts', to: '/contacts', icon: <ContactsOutlined />, group: 'book' },
  { key: 'imports', to: '/imports', icon: <CloudUploadOutlined />, group: 'book' },
  { key: 'pipelines', to: '/settings/pipelines', icon: <ApartmentOutlined />, group: 'settings' },
  { key: 'people', to: '/settings/people', icon: <TeamOutlined />, group: 'settings' },
  { key: 'security', to: '/settings/security', icon: <KeyOutlined />, group: 'settings' },
  { key: 'audit', to: '/settings/audit', icon: <AuditOutlined />, group: 'settings' },
] as const;
const groups = ['work', 'book', 'settings'] as const;
const tabs = ['home', 'leads', 'board', 'funnel'] as const;

function NavLinks({ folded, onGo }: { folded: boolean; onGo?: () => void }) {
  const { t } = useTranslation();
  const admin = useMe().user.role === 'admin';
  return (
    <nav className="nav-links" aria-label={t('shell.navigation')}>
      {groups
        .filter((group) => admin || group !== 'settings')
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
                    {place.icon}
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
                  {me.tenant.name} · {t(`people.role.${me.user.role}`)}
                </span>
              </div>
            ),
          },
          { type: 'divider' },
          { key: 'zh-CN', label: t('shell.chinese'), onClick: () => void setLocale('zh-CN') },
          { key: 'en', label: t('shell.english'), onClick: () => void setLocale('en') },
          { type: 'divider' },
          { key: 'security', label: t('security.title'), onClick: () => void navigate({ to: '/security' }) },
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
            {place.icon}
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
      <AppBoundary>
        <Outlet />
      </AppBoundary>
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
