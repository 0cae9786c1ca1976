import { CalendarOutlined, RightOutlined, SolutionOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { myDay } from '../api/crm';
import type { Condition } from '../api/filter';
import type { DueItem, Lead, MyDay } from '../api/types';
import { sliceIcons } from '../app/AppSearchHits';
import { FunnelMini } from '../funnel/FunnelMini';
import { type MineSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { serverNow } from '../platform/clock';
import { useRights } from '../rights/useRights';
import { useMe } from '../session/session';
import { Person } from '../ui/Avatar';
import { Ago, Countdown, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, PageSkeleton } from '../ui/States';
import './home.css';

function useGreeting(): 'night' | 'morning' | 'noon' | 'afternoon' | 'evening' {
  const hour = useFormat().wall(serverNow()).hour();
  if (hour < 5) return 'night';
  if (hour < 11) return 'morning';
  if (hour < 13) return 'noon';
  return hour < 18 ? 'afternoon' : 'evening';
}

export function HomePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { user } = useMe();
  const greeting = useGreeting();
  const rights = useRights();
  const [seesLeads, seesDeals] = [rights.may('leads', 'read'), rights.may('opportunities', 'read')];
  const query = useQuery({ queryKey: keys.myDay, queryFn: myDay, staleTime: 0 });
  useTopic<MineSays>(topics.mine(user.id), (message) => cache.setQueryData<MyDay>(keys.myDay, message.data));

  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  const day = query.data;
  const won: Condition[] = [
    { field: 'status', op: 'in', value: ['won'] },
    { field: 'funnelMonth', op: 'month', value: format.today(serverNow()).slice(0, 7) },
  ];
  return (
    <div className="page home">
      <header className="home-head">
        <h1>{t('home.hello', { name: user.name, greeting: t(`home.${greeting}`) })}</h1>
        <span className="faint">{format.day(format.today(serverNow()))}</span>
      </header>
      <div className="home-figures">
        {seesDeals ? (
          <>
            <Figure label={t('home.open')} value={format.number(day.openOpportunities)} />
            <Figure label={t('home.openAmount')} value={format.moneyShort(day.openAmount)} />
            <Figure label={t('home.won')} value={format.number(day.wonThisMonth)} where={won} />
            <Figure label={t('home.wonAmount')} value={format.moneyShort(day.wonAmount)} where={won} />
          </>
        ) : null}
        {seesLeads ? (
          <Link to="/leads" search={{ where: unassigned }} className="figure" data-testid="home-unassigned">
            <span>{t('home.unassigned')}</span>
            <strong className={day.unassignedLeads > 0 ? 'num figure-warn' : 'num'}>
              {format.number(day.unassignedLeads)}
            </strong>
          </Link>
        ) : null}
      </div>
      <div className="home-grid">
        <Panel title={t('home.due')} extra={<span className="faint num">{day.due.length}</span>} testId="home-due">
          {day.due.length === 0 ? (
            <EmptyState icon={<CalendarOutlined />} title={t('home.dueEmpty')} text={t('home.dueEmptyText')} />
          ) : (
            <ul className="lines">
              {day.due.map((item) => (
                <DueLine key={`${item.slice}-${item.id}`} item={item} />
              ))}
            </ul>
          )}
        </Panel>
        <div className="home-side">
          {seesDeals ? (
            <Panel title={t('home.funnel')} extra={<MoreLink to="/funnel">{t('home.openFunnel')}</MoreLink>}>
              <FunnelMini />
            </Panel>
          ) : null}
          {seesLeads ? (
            <Panel
              title={t('home.newLeads')}
              extra={<MoreLink to="/leads">{t('home.allLeads')}</MoreLink>}
              testId="home-new-leads"
            >
              {day.newLeads.length === 0 ? (
                <EmptyState icon={<SolutionOutlined />} title={t('home.newLeadsEmpty')}>
                  {day.unassignedLeads > 0 ? (
                    <Link to="/leads" search={{ where: unassigned }}>
                      {t('home.newLeadsWait', { count: day.unassignedLeads })}
                    </Link>
                  ) : null}
                </EmptyState>
              ) : (
                <ul className="lines">
                  {day.newLeads.map((lead) => (
                    <LeadLine key={lead.id} lead={lead} />
                  ))}
                </ul>
              )}
            </Panel>
          ) : null}
        </div>
      </div>
    </div>
  );
}

/** Leads that are nobody's yet. */
const unassigned: Condition[] = [
  { field: 'status', op: 'in', value: ['open', 'qualified'] },
  { field: 'ownerId', op: 'np' },
];

/** A figure that leads to the very records it counts: those won, or the board of those that are open. */
function Figure({ label, value, where }: { label: string; value: string; where?: Condition[] }) {
  const shown = (
    <>
      <span>{label}</span>
      <strong className={where ? 'num figure-good' : 'num'}>{value}</strong>
    </>
  );
  return where ? (
    <Link to="/opportunities" search={{ where }} className="figure">
      {shown}
    </Link>
  ) : (
    <Link to="/board" className="figure">
      {shown}
    </Link>
  );
}

function MoreLink({ to, children }: { to: '/funnel' | '/leads'; children: ReactNode }) {
  return (
    <Link to={to} className="more">
      {children} <RightOutlined />
    </Link>
  );
}

function DueLine({ item }: { item: DueItem }) {
  return (
    <li>
      <Link to={`/${item.slice}/$id`} params={{ id: item.id }} className="line">
        <span className="line-icon">{sliceIcons[item.slice]}</span>
        <span className="line-body">
          <strong className="clip">{item.step.text}</strong>
          <span className="clip soft">{item.title}</span>
        </span>
        <Countdown to={item.step.dueAt} />
      </Link>
    </li>
  );
}

function LeadLine({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link to="/leads/$id" params={{ id: lead.id }} className="line">
        <span className="line-body">
          <strong className="clip">{lead.name}</strong>
          <span className="clip soft">
            {[lead.company, lead.source ? t(`sources.${lead.source}`) : null].filter(Boolean).join(' · ')}
          </span>
        </span>
        <span className="faint line-ago">
          <Ago at={lead.createdAt} />
        </span>
        <Person id={lead.ownerId} face />
      </Link>
    </li>
  );
}
