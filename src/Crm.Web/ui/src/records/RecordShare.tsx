import { ShareAltOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { type Share, type ShareRight, type ShareWith, shares } from '../api/rights';
import type { AnyRecord, Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { useDepartments } from '../organisation/useDepartments';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { useNow } from '../platform/clock';
import { useMay } from '../rights/useRights';
import { Avatar } from '../ui/Avatar';
import { useFormat } from '../ui/format';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import '../roles/roles.css';

/** Opens one record to somebody whose role would not show it. */
export function RecordShare({ slice, record }: { slice: Slice; record: AnyRecord }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!useMay(slice, 'share')) return null;
  return (
    <>
      <Button
        type="text"
        size="small"
        icon={<ShareAltOutlined />}
        onClick={() => setOpen(true)}
        data-testid="record-share"
      >
        {t('rights.share.open')}
      </Button>
      {open ? <ShareDialog slice={slice} record={record} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function ShareDialog({ slice, record, onClose }: { slice: Slice; record: AnyRecord; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: keys.shares(slice, record.id),
    queryFn: () => shares.list(slice, record.id),
    staleTime: 0,
  });
  return (
    <Modal
      open
      title={t('rights.share.title', { name: record.name })}
      footer={<Button onClick={onClose}>{t('common.close')}</Button>}
      onCancel={onClose}
      width={520}
    >
      <p className="soft">{t('rights.share.text')}</p>
      <ShareForm slice={slice} id={record.id} ownerId={record.ownerId} />
      {query.isPending ? (
        <LinesSkeleton lines={2} />
      ) : query.isError ? (
        <ErrorState error={query.error} />
      ) : query.data.items.length === 0 ? (
        <p className="faint">{t('rights.share.empty')}</p>
      ) : (
        <ul className="shares" data-testid="shares">
          {query.data.items.map((share) => (
            <ShareLine key={share.id} slice={slice} id={record.id} share={share} />
          ))}
        </ul>
      )}
    </Modal>
  );
}

const reload = (slice: Slice, id: string) => void cache.invalidateQueries({ queryKey: keys.shares(slice, id) });

function ShareForm({ slice, id, ownerId }: { slice: Slice; id: string; ownerId: string | null }) {
  const { t } = useTranslation();
  const people = usePeople();
  const departments = useDepartments();
  const [kind, setKind] = useState<Share['withKind']>('user');
  const [to, setTo] = useState<string | null>(null);
  const [right, setRight] = useState<ShareRight>('read');
  const give = useCommand(
    (withId: string) => shares.give(slice, id, kind === 'user' ? { userId: withId } : { departmentId: withId }, right),
    (_, withId) => {
      setTo(null);
      reload(slice, id);
      const name = [...people, ...departments.all].find((each) => each.id === withId)?.name ?? '';
      toast('done', t('rights.share.given', { name }));
    },
  );
  return (
    <div className="share-form">
      <Segmented<Share['withKind']>
        value={kind}
        options={[
          { value: 'user', label: t('rights.share.person') },
          {
            value: 'department',
            label: <span data-testid="share-department-tab">{t('rights.share.department')}</span>,
          },
        ]}
        onChange={(next) => {
          setKind(next);
          setTo(null);
        }}
      />
      <div className="share-to">
        {kind === 'user' ? (
          <PersonSelect
            value={to}
            onChange={setTo}
            without={ownerId}
            placeholder={t('rights.share.choosePerson')}
            testId="share-person"
          />
        ) : (
          <Select
            value={to}
            options={departments.options}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('rights.share.chooseDepartment')}
            aria-label={t('rights.share.chooseDepartment')}
            onChange={setTo}
            style={{ width: '100%' }}
            data-testid="share-department"
          />
        )}
      </div>
      <Segmented<ShareRight>
        value={right}
        options={(['read', 'edit'] as const).map((value) => ({
          value,
          label: <span data-testid={`share-right-${value}`}>{t(`rights.share.${value}`)}</span>,
        }))}
        onChange={setRight}
      />
      <Button
        type="primary"
        disabled={to === null}
        loading={give.isPending}
        onClick={() => to !== null && give.mutate(to)}
        data-testid="share-give"
      >
        {t('rights.share.give')}
      </Button>
    </div>
  );
}

function ShareLine({ slice, id, share }: { slice: Slice; id: string; share: Share }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const people = usePeople();
  const departments = useDepartments();
  const named = share.withKind === 'user' ? people : departments.all;
  const name = named.find((each) => each.id === share.withId)?.name ?? t('rights.share.gone');
  const by = people.find((person) => person.id === share.byId)?.name ?? t('rights.share.gone');
  const to: ShareWith = share.withKind === 'user' ? { userId: share.withId } : { departmentId: share.withId };
  const change = useCommand(
    (right: ShareRight) => shares.give(slice, id, to, right),
    () => reload(slice, id),
  );
  const end = useCommand(
    () => shares.end(slice, id, to),
    () => {
      reload(slice, id);
      toast('done', t('rights.share.ended', { name }), {
        action: { label: t('common.undo'), run: () => change.mutate(share.right) },
      });
    },
  );
  return (
    <li className="share-line" data-testid={`share-${share.withId}`}>
      <Avatar id={share.withId} name={name} size={26} />
      <span className="share-who">
        <strong className="clip">{name}</strong>
        <span className="faint clip">{t('rights.share.since', { name: by, time: format.ago(share.at, now) })}</span>
      </span>
      <Select<ShareRight>
        size="small"
        variant="borderless"
        value={share.right}
        options={(['read', 'edit'] as const).map((value) => ({ value, label: t(`rights.share.${value}`) }))}
        aria-label={t('rights.share.with')}
        onChange={(right) => change.mutate(right)}
      />
      <Button
        type="text"
        size="small"
        danger
        loading={end.isPending}
        onClick={() => end.mutate(undefined)}
        data-testid={`share-end-${share.withId}`}
      >
        {t('rights.share.end')}
      </Button>
    </li>
  );
}
