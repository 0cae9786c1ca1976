import { SearchOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchHit } from '../api/types';
import { HitLine } from './AppSearchHits';
import { useSearchHits } from './useSearch';

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function AppSearchBox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [shown, setShown] = useState(false);
  const [at, setAt] = useState(0);
  const query = useSearchHits(text);
  const hits = text.trim() === '' ? [] : (query.data ?? []);

  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);

  const go = (hit: SearchHit) => {
    setShown(false);
    setText('');
    input.current?.blur();
    void navigate({ to: `/${hit.slice}/$id`, params: { id: hit.id } });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      setShown(false);
      input.current?.blur();
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((now) => Math.max(0, Math.min(hits.length - 1, now + step)));
    }
    const hit = hits[at];
    if (event.key === 'Enter' && !event.nativeEvent.isComposing && hit) go(hit);
  };

  return (
    <search className="search">
      <SearchOutlined />
      <input
        ref={input}
        type="search"
        value={text}
        placeholder={t('shell.search')}
        aria-label={t('shell.search')}
        data-testid="global-search"
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          setShown(true);
        }}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
        onKeyDown={onKey}
      />
      <kbd>/</kbd>
      {shown && text.trim() !== '' ? (
        <div className="search-panel" data-testid="search-panel">
          {hits.map((hit, index) => (
            <HitLine key={hit.id} hit={hit} active={index === at} onPick={() => go(hit)} onHover={() => setAt(index)} />
          ))}
          {hits.length === 0 && query.isFetched && !query.isFetching ? (
            <div className="search-none">{t('shell.nothingFound', { text: text.trim() })}</div>
          ) : null}
        </div>
      ) : null}
    </search>
  );
}
