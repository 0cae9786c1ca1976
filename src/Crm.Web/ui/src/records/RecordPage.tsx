import { ArrowLeftOutlined, EyeOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnyRecord, Slice } from '../api/types';
import { AuditPersonMenu } from '../audit/AuditPersonMenu';
import type { Viewer } from '../live/protocol';
import { usePhone } from '../platform/media';
import { useRights } from '../rights/useRights';
import { Avatar } from '../ui/Avatar';
import { keepAndStay } from '../ui/keys';
import { Spoken } from './fieldText';
import { isErased, shownName } from './names';
import { RecordComposer } from './RecordComposer';
import { RecordConflictDialog } from './RecordConflictDialog';
import { RecordExplain } from './RecordExplain';
import { RecordFiles } from './RecordFiles';
import { RecordShare } from './RecordShare';
import { RecordTimeline } from './RecordTimeline';
import type { useAmend } from './useAmend';

interface Props {
  readonly slice: Slice;
  readonly record: AnyRecord;
  readonly viewers: readonly Viewer[];
  readonly status: ReactNode;
  readonly actions: ReactNode;
  /** `field` leaves a fact out for those whose role hides that field. */
  readonly facts: readonly { readonly label: string; readonly value: ReactNode; readonly field?: string }[];
  /** Between header and body: a stage bar, a notice. */
  readonly banner?: ReactNode;
  /** The next step: beside the story on a desk, above it on a phone. */
  readonly step?: ReactNode;
  readonly side: ReactNode;
  readonly related?: ReactNode;
  readonly amending: ReturnType<typeof useAmend>;
}

/** The layout that all record pages share: key facts on top, story in the middle, fields at the side. */
export function RecordPage(props: Props) {
  const { t } = useTranslation();
  const { slice, record, amending } = props;
  const phone = usePhone();
  const rights = useRights();
  const erased = isErased(record);
  const [tab, setTab] = useState<'story' | 'fields'>('story');
  const spoken = useMemo(
    () => ({ slice, pipeline: 'pipeline' in record ? record.pipeline : undefined }),
    [slice, record],
  );
  return (
    <Spoken.Provider value={spoken}>
      <div className="page record" data-testid={`record-${slice}`} data-version={record.version}>
        <header className="record-head">
          <div className="record-crumbs">
            <Link to={`/${slice}`} className="crumb">
              <ArrowLeftOutlined /> {t(`nav.${slice}`)}
            </Link>
            <span className="grow" />
            <RecordShare slice={slice} record={record} />
            <RecordExplain slice={slice} record={record} />
            <Viewers viewers={props.viewers} />
          </div>
          <div className="record-title">
            <RecordName
              name={shownName(record.name)}
              save={
                !erased && rights.may(slice, 'amend') && rights.edits(slice, 'name')
                  ? (name, from) => amending.amend({ name }, { name: from })
                  : undefined
              }
            />
            {props.status}
            <span className="grow" />
            <div className="record-actions">
              {erased ? null : (
                <>
                  {props.actions}
                  <AuditPersonMenu slice={slice} id={record.id} name={record.name} />
                </>
              )}
            </div>
          </div>
          <div className="facts">
            {props.facts
              .filter((fact) => !fact.field || rights.shows(slice, fact.field))
              .map((fact) => (
                <div key={fact.label} className="fact">
                  <span>{fact.label}</span>
                  <div>{fact.value}</div>
                </div>
              ))}
          </div>
        </header>
        {erased ? (
          <div className="notice notice-plain" data-testid="record-erased">
            {t('record.erasedText')}
          </div>
        ) : null}
        {props.banner}
        {phone ? (
          <div className="views">
            <button type="button" className={tab === 'story' ? 'view active' : 'view'} onClick={() => setTab('story')}>
              {t('record.story')}
            </button>
            <button
              type="button"
              className={tab === 'fields' ? 'view active' : 'view'}
              data-testid="tab-fields"
              onClick={() => setTab('fields')}
            >
              {t('record.fields')}
            </button>
          </div>
        ) : null}
        <div className="record-body">
          {phone && tab !== 'story' ? null : (
            <div className="record-main">
              {phone && !erased ? props.step : null}
              {props.related}
              {!erased && rights.may(slice, 'log-activity') ? <RecordComposer slice={slice} id={record.id} /> : null}
              <RecordTimeline slice={slice} id={record.id} version={record.version} erased={erased} />
            </div>
          )}
          {phone && tab !== 'fields' ? null : (
            <aside className="record-side">
              {phone || erased ? null : props.step}
              {props.side}
              <RecordFiles slice={slice} id={record.id} />
            </aside>
          )}
        </div>
        <RecordConflictDialog
          conflict={amending.conflict}
          reapply={amending.reapply}
          keepTheirs={amending.keepTheirs}
        />
      </div>
    </Spoken.Provider>
  );
}

/** Without `save` the name is only shown. */
function RecordName(props: {
  name: string;
  save: ((name: string, startedFrom: string) => Promise<boolean>) | undefined;
}) {
  const { name, save } = props;
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string>();
  const [from, setFrom] = useState(name);
  if (!save)
    return (
      <h1 className="record-name-shown" data-testid="record-name">
        {name}
      </h1>
    );
  if (draft === undefined)
    return (
      <h1>
        <button
          type="button"
          className="record-name"
          title={t('record.rename')}
          onClick={() => {
            setFrom(name);
            setDraft(name);
          }}
          data-testid="record-name"
        >
          {name}
        </button>
      </h1>
    );
  const keep = async () => {
    setDraft(undefined);
    const wanted = draft.trim();
    if (wanted !== '' && wanted !== from && !(await save(wanted, from))) setDraft((since) => since ?? wanted);
  };
  return (
    <input
      className="record-name-input"
      // biome-ignore lint/a11y/noAutofocus: the name was just clicked in order to edit it.
      autoFocus
      value={draft}
      data-testid="edit-name"
      aria-label={t('record.rename')}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={() => void keep()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setDraft(undefined);
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) keepAndStay(event, () => void keep());
      }}
    />
  );
}

function Viewers({ viewers }: { viewers: readonly Viewer[] }) {
  const { t } = useTranslation();
  if (viewers.length === 0) return null;
  return (
    <Tooltip title={t('record.viewing', { names: viewers.map((viewer) => viewer.name ?? '?').join(', ') })}>
      <span className="viewers" data-testid="viewers">
        <EyeOutlined />
        {viewers.slice(0, 5).map((viewer) => (
          <Avatar key={viewer.id} id={viewer.id} name={viewer.name ?? '?'} size={22} />
        ))}
        {viewers.length > 5 ? <span className="faint">+{viewers.length - 5}</span> : null}
      </span>
    </Tooltip>
  );
}
