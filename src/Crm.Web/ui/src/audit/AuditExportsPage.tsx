import { useTranslation } from 'react-i18next';
import { PageHead } from '../ui/Bits';
import { AuditExports } from './AuditExports';
import './audit.css';

/** Where one's exports are fetched, and others' approved. */
export function AuditExportsPage() {
  const { t } = useTranslation();
  return (
    <div className="page settings">
      <PageHead title={t('audit.exports.title')} />
      <AuditExports />
    </div>
  );
}
