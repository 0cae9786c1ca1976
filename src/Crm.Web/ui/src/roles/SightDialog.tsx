import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type RoleDraft, roles, type SightChange } from '../api/rights';
import { useRoleNames } from '../rights/useRights';
import { sliceName } from '../rights/words';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, LinesSkeleton } from '../ui/States';

interface Props {
  readonly change: { template: string } | { roles: RoleDraft[] };
  readonly okText: string;
  readonly busy: boolean;
  readonly note?: ReactNode;
  readonly onOk: () => void;
  readonly onClose: () => void;
}

/** Who would see more or less, counted on the records there are, before anything is changed. */
export function SightDialog({ change, okText, busy, note, onOk, onClose }: Props) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['simulate', JSON.stringify(change)],
    queryFn: () => roles.simulate(change),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Modal
      open
      title={t('rights.sight.title')}
      okText={okText}
      okButtonProps={{ loading: busy, disabled: !query.isSuccess, 'data-testid': 'sight-ok' }}
      onOk={onOk}
      onCancel={onClose}
      width={640}
    >
      {query.isPending ? (
        <>
          <p className="soft">{t('rights.sight.counting')}</p>
          <LinesSkeleton lines={4} />
        </>
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <EmptyState title={t('rights.sight.nothing')} text={t('rights.sight.nothingText')} />
      ) : (
        <SightTable changes={query.data.items} />
      )}
      {note}
    </Modal>
  );
}

function SightTable({ changes }: { changes: readonly SightChange[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const roleName = useRoleNames();
  const sum = (of: 'gained' | 'lost') => format.number(changes.reduce((total, each) => total + each[of], 0));
  const people = new Set(changes.map((each) => each.userId)).size;
  return (
    <>
      <p data-testid="sight-summary">
        {t('rights.sight.summary', { people: format.number(people), gained: sum('gained'), lost: sum('lost') })}
      </p>
      <div className="table-box sight-box">
        <table className="plain-table sight-table">
          <thead>
            <tr>
              <th>{t('rights.sight.person')}</th>
              <th>{t('rights.sight.slice')}</th>
              <th className="right">{t('rights.sight.before')}</th>
              <th className="right">{t('rights.sight.after')}</th>
              <th className="right">{t('rights.sight.gained')}</th>
              <th className="right">{t('rights.sight.lost')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((each, index) => (
              <tr key={`${each.userId}-${each.slice}`} data-testid={`sight-${each.userId}-${each.slice}`}>
                <td>
                  {changes[index - 1]?.userId === each.userId ? null : (
                    <>
                      <strong>{each.name}</strong> <span className="faint">{roleName(each.role)}</span>
                    </>
                  )}
                </td>
                <td>{sliceName(each.slice)}</td>
                <td className="right num soft">{format.number(each.before)}</td>
                <td className="right num">{format.number(each.after)}</td>
                <td className="right num sight-more">{each.gained > 0 ? `+${format.number(each.gained)}` : ''}</td>
                <td className="right num sight-less">{each.lost > 0 ? `−${format.number(each.lost)}` : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
