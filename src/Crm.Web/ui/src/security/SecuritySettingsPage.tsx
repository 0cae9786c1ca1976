import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Switch, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { companySignIn, security } from '../api/crm';
import type { CompanySignIn, SignInEntry } from '../api/types';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { MailOutbox } from '../mails/MailOutbox';
import { usePeople } from '../people/people';
import { useRights } from '../rights/useRights';
import { Ago, Chip, PageHead } from '../ui/Bits';
import { QueryTable } from '../ui/PlainTable';
import { ErrorState, GridSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { FormRefusal, useFormSave } from '../ui/useFormSave';
import { deviceOf } from './device';
import './security.css';

/** How people sign in here, who did, and what was mailed to them. */
export function SecuritySettingsPage() {
  const { t } = useTranslation();
  const rights = useRights();
  if (!usePlace('security')) return <AppForbidden />;
  const tab = (key: 'company' | 'log' | 'outbox') => <span data-testid={`tab-${key}`}>{t(`security.tab.${key}`)}</span>;
  return (
    <div className="page settings">
      <PageHead title={t('security.settings')} />
      <Tabs
        items={[
          ...(rights.may('company-sign-ins', 'set')
            ? [{ key: 'company', label: tab('company'), children: <CompanyTab /> }]
            : []),
          ...(rights.may('sessions', 'read') ? [{ key: 'log', label: tab('log'), children: <LogTab /> }] : []),
          ...(rights.may('mails', 'read') ? [{ key: 'outbox', label: tab('outbox'), children: <MailOutbox /> }] : []),
        ]}
      />
    </div>
  );
}

function CompanyTab() {
  const query = useQuery({ queryKey: ['company-sign-in'], queryFn: companySignIn.get });
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <CompanyForm known={query.data} reload={() => void query.refetch()} />;
}

interface CompanyFields {
  label: string;
  issuer: string;
  clientId: string;
  clientSecret?: string;
  enabled: boolean;
}

function CompanyForm({ known, reload }: { known: CompanySignIn; reload: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<CompanyFields>();
  const saving = useFormSave(form);
  const save = () =>
    saving.save(async ({ clientSecret, ...rest }) => {
      const { reachable } = await companySignIn.set({ ...rest, ...(clientSecret ? { clientSecret } : {}) });
      form.setFieldValue('clientSecret', '');
      reload();
      const lost = rest.enabled && !reachable;
      toast(lost ? 'bad' : 'done', t(lost ? 'security.notReachable' : 'people.saved'));
    });
  const needed = { required: true, message: t('people.required') };
  return (
    <Form<CompanyFields>
      form={form}
      layout="vertical"
      requiredMark={false}
      className="security-form"
      initialValues={known}
      onFinish={() => void save()}
    >
      <FormRefusal text={saving.refusal} />
      <p className="soft">{t('security.companyText', { company: known.company })}</p>
      <Form.Item name="enabled" label={t('security.companyEnabled')} valuePropName="checked">
        <Switch data-testid="company-enabled" />
      </Form.Item>
      <Form.Item name="label" label={t('security.companyLabel')} rules={[needed]}>
        <Input data-testid="company-label" />
      </Form.Item>
      <Form.Item name="issuer" label={t('security.issuer')} extra={t('security.issuerText')} rules={[needed]}>
        <Input inputMode="url" data-testid="company-issuer" />
      </Form.Item>
      <Form.Item name="clientId" label={t('security.clientId')} rules={[needed]}>
        <Input autoComplete="off" data-testid="company-client" />
      </Form.Item>
      <Form.Item
        name="clientSecret"
        label={t('security.clientSecret')}
        extra={t(known.hasSecret ? 'security.secretKept' : 'security.secretNone')}
      >
        <Input.Password autoComplete="new-password" data-testid="company-secret" />
      </Form.Item>
      <p className="soft">
        {t('security.redirect')} <code>{known.redirectUri}</code>
      </p>
      <Button type="primary" htmlType="submit" loading={saving.busy} data-testid="company-save">
        {t('common.save')}
      </Button>
    </Form>
  );
}

function LogTab() {
  const { t } = useTranslation();
  const people = usePeople();
  const query = useQuery({ queryKey: ['sign-ins'], queryFn: security.everybodys });
  const revoke = useCommand(security.revoke, () => void query.refetch());
  return (
    <QueryTable<SignInEntry>
      query={{ ...query, data: query.data?.items }}
      empty={{ title: t('security.logEmpty') }}
      testId="sign-in-log"
      rowKey={(entry) => entry.id}
      columns={[
        {
          key: 'who',
          title: t('security.who'),
          render: (entry) => (
            <strong>{people.find((user) => user.id === entry.ownerId)?.name ?? t('people.unknown')}</strong>
          ),
        },
        { key: 'when', title: t('security.when'), render: (entry) => <Ago at={entry.at} /> },
        {
          key: 'how',
          title: t('security.how'),
          render: (entry) => <span className="soft">{entry.method ? t(`security.method.${entry.method}`) : null}</span>,
        },
        {
          key: 'where',
          title: t('security.where'),
          render: (entry) => (
            <span className="soft">
              {entry.from} {deviceOf(entry.agent ?? '')}
            </span>
          ),
        },
        {
          key: 'status',
          title: t('fields.status'),
          render: (entry) => (
            <>
              <Chip tone={entry.status === 'open' ? 'good' : entry.status === 'refused' ? 'bad' : 'plain'} dot>
                {t(`security.status.${entry.status}`)}
              </Chip>{' '}
              <span className="faint">{entry.reason ? t(`security.reason.${entry.reason}`) : null}</span>
            </>
          ),
        },
        {
          key: 'revoke',
          title: '',
          right: true,
          render: (entry) =>
            entry.status === 'open' ? (
              <Button danger type="text" size="small" onClick={() => revoke.mutate(entry.id)}>
                {t('security.revoke')}
              </Button>
            ) : null,
        },
      ]}
    />
  );
}
