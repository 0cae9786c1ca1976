import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { leads as api } from '../api/crm';
import type { Lead } from '../api/types';
import { useCommand } from '../api/useCommand';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { toast } from '../ui/toast';

/** Gives many leads to one person at once; undo gives each back to whom it belonged. */
export function LeadBulkAssign({ leads, done }: { leads: readonly Lead[]; done: () => void }) {
  const { t } = useTranslation();
  const people = usePeople();
  const reload = () => void cache.invalidateQueries({ queryKey: keys.lists('leads') });

  const giveBack = async (before: readonly Lead[]) => {
    const byOwner = Map.groupBy(before, (lead) => lead.ownerId);
    for (const [ownerId, group] of byOwner)
      await api.assignMany(
        group.map((lead) => lead.id),
        ownerId,
      );
    reload();
  };
  const assign = useCommand(
    (ownerId: string) =>
      api.assignMany(
        leads.map((lead) => lead.id),
        ownerId,
      ),
    ({ results }, ownerId) => {
      const refused = new Set(
        results.filter((result) => result.code !== undefined && result.code !== null).map((result) => result.id),
      );
      const moved = leads.filter((lead) => !refused.has(lead.id));
      const name = people.find((person) => person.id === ownerId)?.name ?? '';
      reload();
      done();
      toast(refused.size > 0 ? 'info' : 'done', t('leads.assigned', { count: moved.length, name }), {
        detail: refused.size > 0 ? t('leads.assignRefused', { count: refused.size }) : undefined,
        action: { label: t('common.undo'), run: () => void giveBack(moved) },
      });
    },
  );
  return (
    <span className="bulk-assign">
      <PersonSelect
        placeholder={t('leads.assignTo')}
        testId="bulk-assign"
        onChange={(ownerId) => ownerId && !assign.isPending && assign.mutate(ownerId)}
      />
    </span>
  );
}
