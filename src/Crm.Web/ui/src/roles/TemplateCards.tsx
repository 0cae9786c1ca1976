import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { type RoleBook, type RoleDraft, roles, type Template } from '../api/rights';
import { useCommand } from '../api/useCommand';
import { i18next } from '../i18n/i18n';
import { nameOfRole, noticeRights } from '../rights/useRights';
import { Chip } from '../ui/Bits';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { asDraft } from './RolesPage';
import { saysTheSame } from './roleDraft';
import { SightDialog } from './SightDialog';

const templatesKey = ['roles-templates'] as const;

function words(template: string): { name: string; text: string } {
  if (!i18next.exists(`rights.templates.names.${template}`)) return { name: template, text: '' };
  return {
    name: i18next.t(`rights.templates.names.${template}` as 'rights.templates.names.standard'),
    text: i18next.t(`rights.templates.texts.${template}` as 'rights.templates.texts.standard'),
  };
}

/** The roles that were changed since they came with the template in use; switching would replace them. */
export function changedRoles(book: RoleBook, current: Template | undefined): RoleDraft[] {
  return book.items.map(asDraft).filter((role) => {
    const shipped = current?.roles.find((each) => each.key === role.key);
    return shipped !== undefined && !saysTheSame(role, shipped);
  });
}

/** The stages of a company, each with what it means; looking at what would change comes before switching. */
export function TemplateCards({ book }: { book: RoleBook }) {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: templatesKey, queryFn: roles.templates });
  const [wanted, setWanted] = useState<string>();
  const reload = async () => {
    await Promise.all([
      cache.invalidateQueries({ queryKey: keys.roles }),
      cache.invalidateQueries({ queryKey: templatesKey }),
    ]);
    noticeRights();
  };
  const goBack = useCommand(
    async ({ to, own }: { to: string; own: RoleDraft[] }) => {
      await roles.switchTemplate(to);
      for (const role of own) await roles.define(role);
    },
    async (_, { to }) => {
      await reload();
      toast('done', t('rights.templates.back', { name: words(to).name }));
    },
  );
  const before = {
    to: book.template,
    own: changedRoles(
      book,
      query.data?.items.find((each) => each.current),
    ),
  };
  const change = useCommand(roles.switchTemplate, async (_, to) => {
    setWanted(undefined);
    await reload();
    toast('done', t('rights.templates.switched', { name: words(to).name }), {
      action: { label: t('common.undo'), run: () => goBack.mutate(before) },
    });
  });
  if (query.isPending) return <LinesSkeleton lines={8} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <p className="soft templates-intro">{t('rights.templates.intro')}</p>
      <div className="templates">
        {query.data.items.map((template) => (
          <section
            key={template.key}
            className={template.current ? 'template current' : 'template'}
            data-testid={`template-${template.key}`}
            data-current={template.current}
          >
            <h2>
              {words(template.key).name}
              {template.current ? <Chip tone="accent">{t('rights.templates.current')}</Chip> : null}
            </h2>
            <p>{words(template.key).text}</p>
            {template.current ? null : (
              <Button onClick={() => setWanted(template.key)} data-testid={`template-simulate-${template.key}`}>
                {t('rights.templates.simulate')}
              </Button>
            )}
          </section>
        ))}
      </div>
      {wanted ? (
        <SightDialog
          change={{ template: wanted }}
          okText={t('rights.templates.switchTo', { name: words(wanted).name })}
          busy={change.isPending}
          note={
            before.own.length > 0 ? (
              <div className="notice notice-warn">
                {t('rights.templates.overwritten', { names: before.own.map(nameOfRole).join(', ') })}
              </div>
            ) : null
          }
          onOk={() => change.mutate(wanted)}
          onClose={() => setWanted(undefined)}
        />
      ) : null}
    </>
  );
}
