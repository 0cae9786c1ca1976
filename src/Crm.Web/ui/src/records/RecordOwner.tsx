import { useTranslation } from 'react-i18next';
import { patchRecord, refreshRecord } from '../api/cache';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import type { AnyRecord, Slice } from '../api/types';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { useMay } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { toast } from '../ui/toast';

/** Whose it is; choosing another hands it over at once, with a way back. */
export function RecordOwner({ slice, record, allowNobody }: { slice: Slice; record: AnyRecord; allowNobody: boolean }) {
  const { t } = useTranslation();
  const people = usePeople();
  const may = useMay(slice, 'assign');
  const assign = async (ownerId: string | null, undoTo: string | null | undefined) => {
    const takeBack = patchRecord(slice, record.id, { ownerId });
    try {
      await records.assign(slice, record.id, ownerId);
      refreshRecord(slice, record.id);
      const name = people.find((person) => person.id === ownerId)?.name;
      toast('done', name ? t('record.assigned', { name }) : t('record.unassigned'), {
        action:
          undoTo === undefined ? undefined : { label: t('common.undo'), run: () => void assign(undoTo, undefined) },
      });
    } catch (error) {
      takeBack();
      toast('bad', explain(error));
    }
  };
  if (!may) return <Person id={record.ownerId} />;
  return (
    <PersonSelect
      size="small"
      variant="borderless"
      value={record.ownerId}
      allowClear={allowNobody}
      placeholder={t('people.nobody')}
      testId="record-owner"
      onChange={(ownerId) => {
        if (ownerId !== record.ownerId && (ownerId !== null || allowNobody)) void assign(ownerId, record.ownerId);
      }}
    />
  );
}
