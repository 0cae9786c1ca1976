import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { companySignIn, mails } from '../api/crm';
import { useCommand } from '../api/useCommand';
import { copyText } from '../platform/clipboard';
import { Ago, Chip } from '../ui/Bits';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
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
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const problem = (text: string) => {
    const known = reasons.find((reason) => reason === text);
    return known ? t(`mails.reason.${known}`) : text;
  };
  return (
    <>
      {settings.data && settings.data.mailServer === null ? (
        <div className="notice notice-warn">{t('mails.noServer')}</div>
      ) : null}
      {query.data.items.length === 0 ? (
        <EmptyState title={t('mails.empty')} text={t('mails.emptyText')} />
      ) : (
        <div className="table-box">
          <table className="plain-table" data-testid="outbox">
            <thead>
              <tr>
                <th>{t('mails.to')}</th>
                <th>{t('mails.topicLabel')}</th>
                <th>{t('security.when')}</th>
                <th>{t('fields.status')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {query.data.items.map((mail) => (
                <tr key={mail.id} data-testid={`mail-${mail.to}`}>
                  <td>
                    <strong>{mail.to}</strong>
                  </td>
                  <td className="soft">{t(`mails.topic.${mail.topic}`)}</td>
                  <td>
                    <Ago at={mail.queuedAt} />
                  </td>
                  <td>
                    <Chip tone={tones[mail.status]} dot>
                      {t(`mails.status.${mail.status}`)}
                    </Chip>{' '}
                    <span className="faint">{mail.problem ? problem(mail.problem) : null}</span>
                  </td>
                  <td className="right">
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
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
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
