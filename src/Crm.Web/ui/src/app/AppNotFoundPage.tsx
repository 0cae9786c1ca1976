import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../ui/States';

export function AppNotFoundPage() {
  const { t } = useTranslation();
  return (
    <div className="page page-centre">
      <EmptyState title={t('app.notFound')} text={t('app.notFoundText')}>
        <Link to="/" className="button-link">
          {t('app.goHome')}
        </Link>
      </EmptyState>
    </div>
  );
}

export function AppForbidden() {
  const { t } = useTranslation();
  return (
    <div className="page page-centre">
      <EmptyState title={t('app.forbidden')} text={t('app.forbiddenText')}>
        <Link to="/" className="button-link">
          {t('app.goHome')}
        </Link>
      </EmptyState>
    </div>
  );
}
