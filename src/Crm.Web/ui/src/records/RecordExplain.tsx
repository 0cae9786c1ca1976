import { CheckCircleFilled, MinusCircleOutlined, QuestionCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { access, type Explanation, roles } from '../api/rights';
import type { AnyRecord, Slice } from '../api/types';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { reasonText } from '../rights/reasons';
import { useMay, useRoleNames } from '../rights/useRights';
import { shownVerbs } from '../rights/verbs';
import { fieldName, verbName } from '../rights/words';
import { ErrorState, LinesSkeleton } from '../ui/States';
import '../roles/roles.css';

/** "Why can X see this?", for those who define roles. */
export function RecordExplain({ slice, record }: { slice: Slice; record: AnyRecord }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!useMay('roles', 'define-role')) return null;
  return (
    <>
      <Button
        type="text"
        size="small"
        icon={<QuestionCircleOutlined />}
        onClick={() => setOpen(true)}
        data-testid="record-explain"
      >
        {t('rights.explain.open')}
      </Button>
      {open ? <ExplainDialog slice={slice} record={record} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function ExplainDialog({ slice, record, onClose }: { slice: Slice; record: AnyRecord; onClose: () => void }) {
  const { t } = useTranslation();
  const [userId, setUserId] = useState<string | null>(null);
  const [verb, setVerb] = useState('read');
  const catalog = useQuery({
    queryKey: ['roles-catalog'],
    queryFn: roles.catalog,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const verbs = shownVerbs(catalog.data?.slices.find((each) => each.slice === slice)?.verbs ?? ['read'], slice);
  const query = useQuery({
    queryKey: ['explain', slice, record.id, userId, verb],
    queryFn: () => access.explain({ userId: userId ?? '', slice, id: record.id, verb }),
    enabled: userId !== null,
    staleTime: 0,
  });
  return (
    <Modal
      open
      title={t('rights.explain.title', { name: record.name })}
      footer={<Button onClick={onClose}>{t('common.close')}</Button>}
      onCancel={onClose}
      width={540}
    >
      <p className="soft">{t('rights.explain.text')}</p>
      <div className="explain-ask">
        <div>
          <PersonSelect
            value={userId}
            onChange={setUserId}
            inactive
            placeholder={t('rights.explain.who')}
            testId="explain-person"
          />
        </div>
        <Select
          value={verb}
          options={verbs.filter((each) => each !== 'create').map((value) => ({ value, label: verbName(value) }))}
          onChange={setVerb}
          aria-label={t('rights.explain.verb')}
          style={{ minWidth: 150 }}
          data-testid="explain-verb"
        />
      </div>
      {userId === null ? null : query.isPending ? (
        <LinesSkeleton lines={4} />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Answer explanation={query.data} userId={userId} verb={verb} ownerId={record.ownerId} />
      )}
    </Modal>
  );
}

function Answer(props: { explanation: Explanation; userId: string; verb: string; ownerId: string | null }) {
  const { t } = useTranslation();
  const people = usePeople();
  const roleName = useRoleNames();
  const { explanation } = props;
  const named = (id: string | null) => people.find((person) => person.id === id)?.name ?? '—';
  const words = {
    name: named(props.userId),
    owner: named(props.ownerId),
    role: roleName(explanation.role),
    verb: verbName(props.verb),
  };
  const fields = Object.entries(explanation.fields);
  return (
    <div data-testid="explanation" data-allowed={explanation.allowed}>
      <div className={explanation.allowed ? 'notice notice-good' : 'notice notice-bad'}>
        {explanation.allowed ? t('rights.explain.allowed', words) : t('rights.explain.refused', words)}
      </div>
      <ul className="reasons">
        {explanation.reasons.map((reason) => (
          <li key={reason.code} className={reason.holds ? 'holds' : ''} data-testid={`reason-${reason.code}`}>
            {reason.holds ? (
              <CheckCircleFilled aria-label={t('rights.explain.yes')} />
            ) : (
              <MinusCircleOutlined aria-label={t('rights.explain.no')} />
            )}
            <span>{reasonText(reason, words)}</span>
          </li>
        ))}
      </ul>
      {fields.length > 0 ? (
        <>
          <h3 className="explain-fields">{t('rights.explain.fields')}</h3>
          <div className="chips">
            {fields.map(([field, right]) => (
              <span key={field} className="chip chip-plain">
                {fieldName(field)} · {t(`rights.fieldRights.${right}`)}
              </span>
            ))}
          </div>
        </>
      ) : null}
    </div>
  );
}
