import { CloudUploadOutlined, FileExcelOutlined } from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { type ChangeEvent, type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { imports } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem, type Problem } from '../api/problem';
import type { ImportPreview } from '../api/types';
import { AppForbidden } from '../app/AppNotFoundPage';
import { useLeadChoices } from '../leads/leadFields';
import { PersonSelect } from '../people/PersonSelect';
import { Spoken, useFieldText } from '../records/fieldText';
import { useMay } from '../rights/useRights';
import { PageHead, Panel } from '../ui/Bits';
import './imports.css';

type Mapping = Record<string, string | null>;

const ofLeads = { slice: 'leads' } as const;

interface Chosen {
  readonly file: File;
  readonly preview: ImportPreview;
}

/** File → columns → run. The mapping is guessed by the server and only corrected here. */
export function ImportWizardPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<Chosen>();
  const [refusal, setRefusal] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const may = useMay('imports', 'create');

  const attempt = async (run: () => Promise<void>) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await run();
    } catch (error) {
      setRefusal(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const read = (file: File) => void attempt(async () => setChosen({ file, preview: await imports.preview(file) }));
  const start = (file: File, mapping: Mapping, source: string | undefined, ownerId: string | undefined) =>
    void attempt(async () => {
      const { id } = await imports.start(file, mapping, source, ownerId);
      await navigate({ to: '/imports/$id', params: { id } });
    });

  if (!may) return <AppForbidden />;
  return (
    <div className="page import-page">
      <PageHead title={t('imports.new')} />
      <ImportSteps at={chosen ? 1 : 0} />
      {refusal ? (
        <div className="notice notice-bad" role="alert" data-testid="import-error">
          {explain(refusal)}{' '}
          {refusal.existingId ? (
            <Link to="/imports/$id" params={{ id: refusal.existingId }}>
              {t('imports.alreadyOpen')}
            </Link>
          ) : null}
        </div>
      ) : null}
      {chosen ? (
        <Spoken.Provider value={ofLeads}>
          <ImportMapping chosen={chosen} busy={busy} onBack={() => setChosen(undefined)} onStart={start} />
        </Spoken.Provider>
      ) : (
        <ImportDrop busy={busy} onFile={read} />
      )}
    </div>
  );
}

export function ImportSteps({ at }: { at: 0 | 1 | 2 }) {
  const { t } = useTranslation();
  return (
    <ol className="steps" data-testid="import-steps" data-step={at}>
      {(['file', 'map', 'run'] as const).map((step, index) => (
        <li key={step} className={index < at ? 'done' : index === at ? 'at' : ''} data-testid={`import-step-${step}`}>
          <i>{index + 1}</i>
          {t(`imports.steps.${step}`)}
        </li>
      ))}
    </ol>
  );
}

function ImportDrop({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file) onFile(file);
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file) onFile(file);
  };
  return (
    <>
      <button
        type="button"
        className={over ? 'drop over' : 'drop'}
        disabled={busy}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        data-testid="import-drop"
      >
        <span className="empty-icon">
          <CloudUploadOutlined />
        </span>
        <strong>{busy ? t('imports.reading') : t('imports.drop')}</strong>
        <span className="soft">{t('imports.dropText')}</span>
      </button>
      <input ref={input} type="file" accept=".csv,.xlsx,text/csv" hidden onChange={pick} data-testid="import-file" />
    </>
  );
}

function ImportMapping(props: {
  chosen: Chosen;
  busy: boolean;
  onBack: () => void;
  onStart: (file: File, mapping: Mapping, source: string | undefined, ownerId: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const { label } = useFieldText();
  const { sources } = useLeadChoices();
  const { file, preview } = props.chosen;
  const [mapping, setMapping] = useState<Mapping>(() =>
    Object.fromEntries(preview.columns.map((column) => [column, preview.mapping[column] ?? null])),
  );
  const [source, setSource] = useState<string>();
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const used = new Set(Object.values(mapping));
  const named = used.has('name');
  return (
    <>
      <Panel
        title={
          <span className="import-file">
            <FileExcelOutlined /> {file.name}
            {typeof preview.rowCount === 'number' ? (
              <span className="faint">{t('imports.rows', { count: preview.rowCount })}</span>
            ) : null}
          </span>
        }
      >
        <p className="soft import-hint">{t('imports.mapText')}</p>
        <div className="table-box">
          <table className="plain-table mapping">
            <thead>
              <tr>
                <th>{t('imports.column')}</th>
                <th>{t('imports.field')}</th>
                <th>{t('imports.sample')}</th>
              </tr>
            </thead>
            <tbody>
              {preview.columns.map((column, index) => (
                <tr key={column} className={mapping[column] ? '' : 'ignored'}>
                  <td>
                    <strong>{column}</strong>
                  </td>
                  <td>
                    <Select<string | null>
                      size="small"
                      allowClear
                      placeholder={t('imports.ignore')}
                      value={mapping[column] ?? null}
                      options={preview.fields.map((field) => ({
                        value: field,
                        label: label(field),
                        disabled: used.has(field) && mapping[column] !== field,
                      }))}
                      onChange={(field) => setMapping({ ...mapping, [column]: field ?? null })}
                      style={{ width: 170 }}
                      data-testid={`map-${index}`}
                    />
                  </td>
                  <td className="mapping-sample">
                    <span className="clip">
                      {preview.rows
                        .slice(0, 3)
                        .map((row) => row[index])
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title={t('imports.defaults')}>
        <div className="import-defaults">
          <label htmlFor="import-source">
            <span>{t('imports.source')}</span>
            <Select
              id="import-source"
              allowClear
              value={source}
              options={sources}
              onChange={setSource}
              placeholder={t('sources.import')}
              style={{ width: '100%' }}
              data-testid="import-source"
            />
          </label>
          <label htmlFor="import-owner">
            <span>{t('imports.owner')}</span>
            <PersonSelect
              id="import-owner"
              allowClear
              value={ownerId}
              onChange={setOwnerId}
              placeholder={t('people.nobody')}
              testId="import-owner"
            />
          </label>
        </div>
      </Panel>
      <div className="row-end">
        {named ? null : <span className="import-warn">{t('imports.needName')}</span>}
        <Button onClick={props.onBack}>{t('common.back')}</Button>
        <Button
          type="primary"
          disabled={!named}
          loading={props.busy}
          onClick={() => props.onStart(file, mapping, source, ownerId ?? undefined)}
          data-testid="import-start"
        >
          {t('imports.start')}
        </Button>
      </div>
    </>
  );
}
