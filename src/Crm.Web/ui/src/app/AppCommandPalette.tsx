import { ArrowRightOutlined, BgColorsOutlined, PlusOutlined, TranslationOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Modal } from 'antd';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asLocale } from '../i18n/i18n';
import { useRights } from '../rights/useRights';
import { setLocale } from '../session/session';
import { HitLine } from './AppSearchHits';
import { usePlaces } from './places';
import { setLook, useLook } from './theme';
import { useSearchHits } from './useSearch';

interface Action {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

function useActions(): Action[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const rights = useRights();
  const places = usePlaces();
  const look = useLook();
  return useMemo(() => {
    const go = (key: string, label: string, to: string): Action => ({
      key,
      label: t('palette.go', { place: label }),
      icon: <ArrowRightOutlined />,
      run: () => void navigate({ to }),
    });
    const create = (
      key: string,
      label: string,
      to: '/leads' | '/customers' | '/contacts' | '/opportunities',
    ): Action => ({
      key,
      label,
      icon: <PlusOutlined />,
      run: () => void navigate({ to, search: { create: true } }),
    });
    const list = [
      ...(rights.mayCreate('leads') ? [create('new-lead', t('leads.create'), '/leads')] : []),
      ...(rights.mayCreate('opportunities')
        ? [create('new-opportunity', t('opportunities.create'), '/opportunities')]
        : []),
      ...(rights.mayCreate('customers') ? [create('new-customer', t('customers.create'), '/customers')] : []),
      ...(rights.mayCreate('contacts') ? [create('new-contact', t('contacts.create'), '/contacts')] : []),
      ...(rights.may('imports', 'create') ? [go('import', t('imports.new'), '/imports/new')] : []),
      ...places.map((place) => go(place.key, t(`nav.${place.key}`), place.to)),
    ];
    list.push(
      {
        key: 'look',
        label: look === 'dark' ? t('shell.light') : t('shell.dark'),
        icon: <BgColorsOutlined />,
        run: () => setLook(look === 'dark' ? 'light' : 'dark'),
      },
      {
        key: 'language',
        label: t('palette.language', { language: t('shell.otherLanguage') }),
        icon: <TranslationOutlined />,
        run: () => void setLocale(asLocale(i18n.language) === 'en' ? 'zh-CN' : 'en'),
      },
    );
    return list;
  }, [t, i18n.language, navigate, rights, places, look]);
}

export function AppCommandPalette() {
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const toggle = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((now) => !now);
    };
    window.addEventListener('keydown', toggle);
    return () => window.removeEventListener('keydown', toggle);
  }, []);

  return (
    <Modal
      open={open}
      onCancel={() => setOpen(false)}
      footer={null}
      closable={false}
      destroyOnHidden
      width={600}
      className="palette"
      styles={{ container: { padding: 0 } }}
      style={{ top: '12vh' }}
    >
      <PaletteBody close={() => setOpen(false)} />
    </Modal>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const actions = useActions();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const query = useSearchHits(text);

  const wanted = text.trim().toLowerCase();
  const hits = wanted === '' ? [] : (query.data ?? []);
  const fitting = actions.filter(
    (action) => action.label.toLowerCase().includes(wanted) || action.key.includes(wanted),
  );
  const runs = [
    ...hits.map((hit) => () => void navigate({ to: `/${hit.slice}/$id`, params: { id: hit.id } })),
    ...fitting.map((action) => action.run),
  ];
  const pick = (index: number) => {
    const run = runs[index];
    if (!run) return;
    close();
    run();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : runs.length - 1;
      setAt((now) => (runs.length === 0 ? 0 : (now + step) % runs.length));
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) pick(at);
  };

  return (
    <div className="palette-body">
      <input
        // biome-ignore lint/a11y/noAutofocus: a palette is opened in order to type.
        autoFocus
        value={text}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        data-testid="palette-input"
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div className="palette-list">
        {hits.length > 0 ? <div className="palette-title">{t('palette.records')}</div> : null}
        {hits.map((hit, index) => (
          <HitLine
            key={hit.id}
            hit={hit}
            active={at === index}
            onPick={() => pick(index)}
            onHover={() => setAt(index)}
          />
        ))}
        {fitting.length > 0 ? <div className="palette-title">{t('palette.actions')}</div> : null}
        {fitting.map((action, index) => (
          <button
            key={action.key}
            type="button"
            tabIndex={-1}
            className={at === hits.length + index ? 'hit active' : 'hit'}
            data-testid={`palette-${action.key}`}
            onClick={() => pick(hits.length + index)}
            onMouseMove={() => setAt(hits.length + index)}
          >
            <span className="hit-icon">{action.icon}</span>
            <span className="hit-title">{action.label}</span>
          </button>
        ))}
        {runs.length === 0 ? <div className="search-none">{t('shell.nothingFound', { text: text.trim() })}</div> : null}
      </div>
      <div className="palette-foot">{t('palette.hint')}</div>
    </div>
  );
}
