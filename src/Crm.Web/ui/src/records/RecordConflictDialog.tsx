import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFieldText } from './fieldText';
import { type Conflict, flat } from './useAmend';

/** Somebody was quicker on the same field: shows before, theirs and mine, and asks which one holds. */
export function RecordConflictDialog(props: {
  conflict: Conflict | undefined;
  reapply: () => void;
  keepTheirs: () => void;
}) {
  const { t } = useTranslation();
  const { label, text } = useFieldText();
  const { conflict } = props;
  const [mine, before, theirs] = [
    flat(conflict?.mine ?? {}),
    flat(conflict?.before ?? {}),
    flat(conflict?.theirs ?? {}),
  ];
  return (
    <Modal
      open={conflict !== undefined}
      title={t('record.conflict')}
      onCancel={props.keepTheirs}
      footer={[
        <Button key="theirs" onClick={props.keepTheirs} data-testid="conflict-theirs">
          {t('record.keepTheirs')}
        </Button>,
        <Button key="mine" type="primary" onClick={props.reapply} data-testid="conflict-mine">
          {t('record.useMine')}
        </Button>,
      ]}
    >
      <p className="soft">{t('record.conflictText')}</p>
      <table className="plain-table">
        <thead>
          <tr>
            <th>{t('record.field')}</th>
            <th>{t('record.before')}</th>
            <th>{t('record.theirs')}</th>
            <th>{t('record.mine')}</th>
          </tr>
        </thead>
        <tbody>
          {Object.keys(mine).map((field) => (
            <tr key={field}>
              <td>{label(field)}</td>
              <td className="faint">{text(field, before[field])}</td>
              <td>{text(field, theirs[field])}</td>
              <td>
                <strong>{text(field, mine[field])}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
