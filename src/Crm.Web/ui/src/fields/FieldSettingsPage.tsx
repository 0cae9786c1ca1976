import './fields.css';
import { ArrowDownOutlined, ArrowUpOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { fields } from '../api/crm';
import type { CustomField } from '../api/types';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { sliceName } from '../rights/words';
import { Chip, PageHead, Panel } from '../ui/Bits';
import { EmptyState, PageSkeleton } from '../ui/States';
import { FieldDrawer } from './FieldDrawer';
import { useFieldBooks, useLabel } from './fields';

/** Which fields of their own the records of this company have. What is changed here is on every open page at once. */
export function FieldSettingsPage() {
  const { t } = useTranslation();
  const may = usePlace('fields');
  const { books, isPending } = useFieldBooks();
  const [chosen, setChosen] = useState('leads');
  // a key, so that what is edited is what is known now
  const [editing, setEditing] = useState<{ readonly key: string | undefined }>();
  const book = books.find((each) => each.slice === chosen) ?? books[0];
  const refresh = () => void cache.invalidateQueries({ queryKey: keys.fields });
  const tell = useCommand(
    ({ verb, body }: { verb: string; body: object }) => fields.tell(book?.slice ?? chosen, verb, body),
    refresh,
  );
  if (!may) return <AppForbidden />;
  if (isPending || !book) return <PageSkeleton />;
  const all = book.fields;
  const move = (index: number, by: number) => {
    const order = all.map((field) => field.key);
    const [key] = order.splice(index, 1);
    if (key !== undefined) order.splice(index + by, 0, key);
    tell.mutate({ verb: 'reorder', body: { keys: order } });
  };
  const add = (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => setEditing({ key: undefined })}
      data-testid="field-add"
    >
      {t('fieldBooks.add')}
    </Button>
  );
  return (
    <div className="page settings">
      <PageHead title={t('fieldBooks.title')}>{add}</PageHead>
      <div className="settings-grid">
        <nav className="settings-list" aria-label={t('fieldBooks.title')}>
          {books.map((each) => (
            <button
              key={each.slice}
              type="button"
              className={each === book ? 'settings-item active' : 'settings-item'}
              onClick={() => setChosen(each.slice)}
              data-testid={`fields-of-${each.slice}`}
            >
              <span className="clip">{sliceName(each.slice)}</span>
              <Chip>{each.fields.filter((field) => !field.retired).length}</Chip>
            </button>
          ))}
        </nav>
        <Panel title={sliceName(book.slice)}>
          <p className="faint">{t('fieldBooks.hint')}</p>
          {all.length === 0 ? <EmptyState title={t('fieldBooks.empty')} text={t('fieldBooks.emptyText')} /> : null}
          <div className="custom-fields">
            {all.map((field, index) => (
              <Row
                key={field.key}
                field={field}
                edit={() => setEditing({ key: field.key })}
                tell={(verb, body) => tell.mutate({ verb, body })}
                up={index > 0 ? () => move(index, -1) : undefined}
                down={index < all.length - 1 ? () => move(index, 1) : undefined}
              />
            ))}
          </div>
        </Panel>
      </div>
      {editing ? (
        <FieldDrawer
          slice={book.slice}
          field={all.find((field) => field.key === editing.key)}
          onClose={() => setEditing(undefined)}
          onChange={refresh}
        />
      ) : null}
    </div>
  );
}

function Row(props: {
  field: CustomField;
  edit: () => void;
  tell: (verb: string, body: object) => void;
  up: (() => void) | undefined;
  down: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { field, tell } = props;
  return (
    <div
      className={`settings-row custom-field ${field.retired ? 'retired' : ''}`}
      data-testid={`custom-field-${field.key}`}
    >
      <button type="button" className="custom-field-name" onClick={props.edit} disabled={field.retired}>
        <strong>{label(field.label)}</strong>
        <span className="faint num">{field.key}</span>
      </button>
      <Chip>{t(`fieldBooks.types.${field.type}`)}</Chip>
      <div className="custom-field-acts">
        {field.type === 'formula' ? <code className="faint clip">{field.expression}</code> : null}
        {field.type === 'formula' ? null : (
          <span className="custom-required">
            <span className={field.required ? '' : 'faint'}>{t('fieldBooks.required')}</span>
            <Switch
              size="small"
              checked={field.required}
              disabled={field.retired}
              aria-label={`${t('fieldBooks.required')} · ${label(field.label)}`}
              onChange={(required) => tell('amend', { key: field.key, required })}
              data-testid={`custom-required-${field.key}`}
            />
          </span>
        )}
        <Button
          type="text"
          size="small"
          icon={<ArrowUpOutlined />}
          disabled={!props.up}
          onClick={props.up}
          aria-label={t('fieldBooks.up')}
        />
        <Button
          type="text"
          size="small"
          icon={<ArrowDownOutlined />}
          disabled={!props.down}
          onClick={props.down}
          aria-label={t('fieldBooks.down')}
        />
        {field.retired ? (
          <Button
            size="small"
            type="text"
            onClick={() => tell('restore', { key: field.key })}
            data-testid={`custom-restore-${field.key}`}
          >
            {t('fieldBooks.restore')}
          </Button>
        ) : (
          <Popconfirm title={t('fieldBooks.retireText')} onConfirm={() => tell('retire', { key: field.key })}>
            <Button size="small" type="text" data-testid={`custom-retire-${field.key}`}>
              {t('fieldBooks.retire')}
            </Button>
          </Popconfirm>
        )}
      </div>
    </div>
  );
}
