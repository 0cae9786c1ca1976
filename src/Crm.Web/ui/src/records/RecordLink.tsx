import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Slice } from '../api/types';
import { useRights } from '../rights/useRights';
import { shownName } from './names';
import { useNamedRecord } from './useRecord';

const pages = {
  leads: '/leads/$id',
  customers: '/customers/$id',
  contacts: '/contacts/$id',
  opportunities: '/opportunities/$id',
} as const satisfies Record<Slice, string>;

/**
 * Another record by its name, as it is at the moment. Whoever may not see the record, or not its name, sees only that there is one.
 * @param known The name as this page's own record has it.
 * @param making Whether the record may come to be only now.
 */
export function RecordLink(props: { slice: Slice; id: string; known?: string | null | undefined; making?: boolean }) {
  const { slice, id, known, making = false } = props;
  const { t } = useTranslation();
  const rights = useRights();
  const mayRead = rights.may(slice, 'read');
  const query = useNamedRecord(slice, id, mayRead, making);
  const testId = `linked-${slice}`;
  if (!mayRead || query.isError)
    return (
      <span className={known ? undefined : 'faint'} data-testid={testId}>
        {known ? shownName(known) : t('record.notSeen')}
      </span>
    );
  if (query.isPending && !known) return <span className="faint">…</span>;
  const name = query.data && rights.knows(slice, 'name') ? query.data.name : known;
  return (
    <Link to={pages[slice]} params={{ id }} className="clip" data-testid={testId}>
      {name ? shownName(name) : t('common.open')}
    </Link>
  );
}

/** Another record's name where a link cannot be, such as on a button. */
export function RecordName({ slice, id }: { slice: Slice; id: string }) {
  const { t } = useTranslation();
  const rights = useRights();
  const mayRead = rights.may(slice, 'read');
  const query = useNamedRecord(slice, id, mayRead, false);
  if (mayRead && query.isPending) return <span className="faint">…</span>;
  const name = query.data && rights.knows(slice, 'name') ? query.data.name : undefined;
  return name ? <span className="clip">{shownName(name)}</span> : <span className="faint">{t('record.notSeen')}</span>;
}
