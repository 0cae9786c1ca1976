import {
  CalendarOutlined,
  CarryOutOutlined,
  EditOutlined,
  FileTextOutlined,
  FlagOutlined,
  MailOutlined,
  MessageOutlined,
  PaperClipOutlined,
  PhoneOutlined,
  SwapOutlined,
  TeamOutlined,
  UserSwitchOutlined,
} from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActivityType, Slice, TimelineEntry } from '../api/types';
import { AuditRestore } from '../audit/AuditRestore';
import { Avatar } from '../ui/Avatar';
import { Ago } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, LinesSkeleton } from '../ui/States';
import { useFieldText } from './fieldText';
import { RecordChanges } from './RecordChanges';
import { useTimeline } from './useTimeline';

export const activityIcons: Record<ActivityType, ReactNode> = {
  note: <FileTextOutlined />,
  call: <PhoneOutlined />,
  visit: <TeamOutlined />,
  meeting: <CalendarOutlined />,
  email: <MailOutlined />,
  message: <MessageOutlined />,
};

/** The verb inside a wire name: "lead-ruled-out-v1" → "ruled-out". */
export function verbOf(type: string): string {
  return type.replace(/-v\d+$/, '').replace(/^(lead|customer|contact|opportunity)-/, '');
}

function iconOf(entry: TimelineEntry): ReactNode {
  if (entry.activity) return activityIcons[entry.activity.type] ?? <FileTextOutlined />;
  const verb = verbOf(entry.type);
  if (verb.includes('assigned')) return <UserSwitchOutlined />;
  if (verb.includes('moved') || verb.includes('convert')) return <SwapOutlined />;
  if (verb.includes('step')) return <CarryOutOutlined />;
  if (verb.startsWith('file')) return <PaperClipOutlined />;
  if (verb.includes('amended')) return <EditOutlined />;
  return <FlagOutlined />;
}

/** Of an erased person the journal is emptied a moment later; the page keeps nothing until then. */
const emptied = (entry: TimelineEntry): TimelineEntry => ({ ...entry, changes: null, activity: null, data: null });

export function RecordTimeline(props: { slice: Slice; id: string; version: number; erased: boolean }) {
  const { slice, id, version, erased } = props;
  const { t } = useTranslation();
  const timeline = useTimeline(slice, id, version);
  if (timeline.isPending) return <LinesSkeleton lines={6} />;
  if (timeline.isError) return <ErrorState error={timeline.error} retry={() => void timeline.refetch()} />;
  if (timeline.entries.length === 0) return <EmptyState title={t('timeline.empty')} text={t('timeline.emptyText')} />;
  return (
    <div className="timeline" data-testid="timeline">
      {timeline.entries.map((entry) => (
        <TimelineItem
          key={`${entry.position}-${entry.version}`}
          slice={slice}
          id={id}
          entry={erased ? emptied(entry) : entry}
        />
      ))}
      {timeline.hasNextPage ? (
        <Button
          type="text"
          size="small"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          {t('timeline.more')}
        </Button>
      ) : null}
    </div>
  );
}

function TimelineItem({ slice, id, entry }: { slice: Slice; id: string; entry: TimelineEntry }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { text } = useFieldText();
  const verb = verbOf(entry.type);
  const key = `events.${verb}`;
  const what = entry.activity
    ? t(`activities.did.${entry.activity.type}`)
    : i18n.exists(key)
      ? t(key as 'events.amended')
      : verb.replaceAll('-', ' ');
  const who = entry.by.name ?? (entry.by.kind === 'user' ? t('people.unknown') : t(`timeline.by.${entry.by.kind}`));
  const outcome = typeof entry.data?.outcome === 'string' ? entry.data.outcome : undefined;
  const step = entry.data?.step;
  const changes = (entry.changes ?? []).filter((change) => change.field !== 'lastActivityAt');
  return (
    <article className={entry.activity ? 'event event-activity' : 'event'} data-testid={`event-${verb}`}>
      <span className="event-icon">{iconOf(entry)}</span>
      <div className="event-body">
        <header>
          <Avatar id={entry.by.id ?? entry.by.kind} name={who} size={18} />
          <strong>{who}</strong>
          <span className="soft">{what}</span>
          <span className="grow" />
          <span className="faint">
            <Ago at={entry.at} />
          </span>
        </header>
        {entry.activity ? (
          <>
            <p className="event-text">{entry.activity.text}</p>
            {Math.abs(Date.parse(entry.activity.happenedAt) - Date.parse(entry.at)) > 60_000 ? (
              <p className="faint">{t('timeline.happened', { at: format.instant(entry.activity.happenedAt) })}</p>
            ) : null}
          </>
        ) : null}
        {step && changes.length === 0 ? <p className="event-step soft">{text('nextStep', step)}</p> : null}
        {outcome ? <p className="event-text">{outcome}</p> : null}
        {changes.length > 0 ? (
          <RecordChanges
            changes={changes}
            action={
              verb === 'amended'
                ? (change) => <AuditRestore slice={slice} id={id} change={change} version={entry.version - 1} />
                : undefined
            }
          />
        ) : null}
      </div>
    </article>
  );
}
