import { useTranslation } from 'react-i18next';
import { leadSources, leadStatuses, ruleOutReasons } from '../api/types';

/** The choices of a lead, in the user's language. */
export function useLeadChoices() {
  const { t } = useTranslation();
  return {
    sources: leadSources.map((value) => ({ value, label: t(`sources.${value}`) })),
    statuses: leadStatuses.map((value) => ({ value, label: t(`statuses.${value}`) })),
    reasons: ruleOutReasons.map((value) => ({ value, label: t(`ruleOutReasons.${value}`) })),
  };
}
