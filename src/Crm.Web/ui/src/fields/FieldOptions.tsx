import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CustomField } from '../api/types';
import { KeepInput } from '../ui/KeepInput';
import { labelOf, relabelled } from './fields';

/** The options of a choice that is there already: each is renamed in either language, retired, brought back; new ones come last. */
export function FieldOptions({
  field,
  tell,
}: {
  field: CustomField;
  /** False when it was refused. */
  tell: (verb: string, body: object) => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const [zh, setZh] = useState('');
  const [en, setEn] = useState('');
  const isEmpty = zh.trim() === '' && en.trim() === '';
  const add = async () => {
    if (isEmpty || !(await tell('add-option', { key: field.key, option: { label: labelOf(zh, en) } }))) return;
    setZh('');
    setEn('');
  };
  return (
    <section className="options" aria-label={t('fieldBooks.options')} data-testid="custom-options">
      <h3>{t('fieldBooks.options')}</h3>
      {field.options.map((option) => (
        <div
          key={option.key}
          className={option.retired ? 'option retired' : 'option'}
          data-testid={`custom-option-${option.key}`}
        >
          {(['zh', 'en'] as const).map((language) => (
            <KeepInput
              key={`${language} ${option.label[language] ?? ''}`}
              value={option.label[language] ?? ''}
              label={t(language === 'zh' ? 'fieldBooks.labelZh' : 'fieldBooks.labelEn')}
              placeholder={t(language === 'zh' ? 'fieldBooks.labelZh' : 'fieldBooks.labelEn')}
              mayBeEmpty
              disabled={option.retired}
              maxLength={60}
              testId={`custom-option-${option.key}-${language}`}
              keep={async (text) => {
                const label = relabelled(option.label, language, text);
                return label ? tell('rename-option', { key: field.key, option: option.key, label }) : false;
              }}
            />
          ))}
          <Button
            size="small"
            type="text"
            onClick={() =>
              void tell(option.retired ? 'restore-option' : 'retire-option', { key: field.key, option: option.key })
            }
            data-testid={`custom-option-${option.key}-${option.retired ? 'restore' : 'retire'}`}
          >
            {option.retired ? t('fieldBooks.restore') : t('fieldBooks.retire')}
          </Button>
        </div>
      ))}
      <form
        className="option option-new"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Input
          value={zh}
          maxLength={60}
          placeholder={t('fieldBooks.labelZh')}
          aria-label={`${t('fieldBooks.optionNew')} · ${t('fieldBooks.labelZh')}`}
          onChange={(event) => setZh(event.target.value)}
          data-testid="custom-option-new"
        />
        <Input
          value={en}
          maxLength={60}
          placeholder={t('fieldBooks.labelEn')}
          aria-label={`${t('fieldBooks.optionNew')} · ${t('fieldBooks.labelEn')}`}
          onChange={(event) => setEn(event.target.value)}
          data-testid="custom-option-new-en"
        />
        <Button size="small" htmlType="submit" disabled={isEmpty} data-testid="custom-option-add">
          {t('fieldBooks.optionAdd')}
        </Button>
      </form>
    </section>
  );
}
