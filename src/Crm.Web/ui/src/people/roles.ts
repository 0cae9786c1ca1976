import { useTranslation } from 'react-i18next';

export function useRoles() {
  const { t } = useTranslation();
  return (['admin', 'sales'] as const).map((value) => ({ value, label: t(`people.role.${value}`) }));
}
