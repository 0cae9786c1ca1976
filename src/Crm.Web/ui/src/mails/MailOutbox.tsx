import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { companySignIn, mails } from '../api/crm';
import type { Mail } from '../api/types';
import { useCommand } from '../api/useCommand';
import { copyText } from '../platform/clipboard';
import { Ago, Chip } from '../ui/Bits';
import { QueryTable } from '../ui/PlainTable';
import { toast } from '../ui/toast';

const tones = { waiting: 'warn', held: 'plain', sent: 'good' } as const;
const reasons = ['no-server', 'given-up', 'out-of-date'] as const;

/** What the server mails, and what waits for a mail server. */
export function MailOutbox() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['mails'], queryFn: mails.list });
  const settings = useQuery({ queryKey: ['company-sign-in'], queryFn: companySignIn.get });
  const [shown, setShown] = useState<{ subject: string | null; text: string | null }>();
  const open = useCommand(mails.open, setShown);
  const resend = useCommand(mails.resend, () => void query.refetch());
  const problem = (text: string) => {
    const known = reasons.find((reason) => reason === text);
    return known ? t(`mails.reason.${known}`) : text;
  };
  return (
    <>
      {settings.data && settings.data.mailServer === null ? (
        <div className="notice notice-warn">{t('mails.noServer')}</div>
      ) : null}
      <QueryTable<Mail>
        query={{ ...query, data: query.data?.items }}
        empty={{ title: t('mails.empty'), text: t('mails.emptyText') }}
        testId="outbox"
        rowKey={(mail) => mail.id}
        rowTestId={(mail) => `mail-${mail.to}`}
        columns={[
          { key: 'to', title: t('mails.to'), render: (mail) => <strong>{mail.to}</strong> },
          {
            key: 'topic',
            title: t('mails.topicLabel'),
            render: (mail) => <span className="soft">{t(`mails.topic.${mail.topic}`)}</span>,
          },
          { key: 'when', title: t('security.when'), render: (mail) => <Ago at={mail.queuedAt} /> },
          {
            key: 'status',
            title: t('fields.status'),
            render: (mail) => (
              <>
                <Chip tone={tones[mail.status]} dot>
                  {t(`mails.status.${mail.status}`)}
                </Chip>{' '}
                <span className="faint">{mail.problem ? problem(mail.problem) : null}</span>
              </>
            ),
          },
          {
            key: 'actions',
            title: '',
            right: true,
            render: (mail) => (
              <>
                <Button
                  type="text"
                  size="small"
                  onClick={() => open.mutate(mail.id)}
                  data-testid={`mail-open-${mail.to}`}
                >
                  {t('mails.open')}
                </Button>
                {mail.status === 'held' ? (
                  <Button type="text" size="small" onClick={() => resend.mutate(mail.id)}>
                    {t('mails.resend')}
                  </Button>
                ) : null}
              </>
            ),
          },
        ]}
      />
      {shown ? (
        <Modal
          open
          title={shown.subject ?? t('mails.gone')}
          okText={t('common.copy')}
          okButtonProps={{ disabled: shown.text === null }}
          onOk={() => void copyText(shown.text ?? '').then(() => toast('info', t('common.copied')))}
          cancelText={t('common.close')}
          onCancel={() => setShown(undefined)}
        >
          <p className="security-mail" data-testid="mail-text">
            {shown.text ?? t('mails.goneText')}
          </p>
        </Modal>
      ) : null}
    </>
  );
}
