import { type ThemeConfig, theme as themes } from 'antd';
import { useSyncExternalStore } from 'react';
import { recall, remember } from '../platform/storage';

export type Look = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
let chosen = recall<Look>('theme');
const watchers = new Set<() => void>();

const current = (): Look => chosen ?? (system.matches ? 'dark' : 'light');

function paint(): void {
  document.documentElement.dataset.theme = current();
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', palettes[current()].ground);
  for (const watcher of watchers) watcher();
}

export function useLook(): Look {
  return useSyncExternalStore((watcher) => {
    watchers.add(watcher);
    system.addEventListener('change', paint);
    return () => {
      watchers.delete(watcher);
      system.removeEventListener('change', paint);
    };
  }, current);
}

export function setLook(look: Look): void {
  chosen = look;
  remember('theme', look);
  paint();
}

export const fontFamily =
  '"Inter", -apple-system, BlinkMacSystemFont, "SF Pro Text", "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif';

/** The colours that antd and the charts need as values; tokens.css holds the same ones for our own markup. */
export const palettes = {
  light: {
    ground: '#f6f6f4',
    surface: '#ffffff',
    raised: '#ffffff',
    line: '#e4e4df',
    lineSoft: '#eeeeea',
    text: '#1a1b1f',
    text2: '#575a63',
    text3: '#666973',
    accent: '#2743d6',
    accentSoft: '#eceffd',
    good: '#187a41',
    warn: '#b45309',
    bad: '#c4281f',
    stages: ['#c3cdf8', '#9fb0f3', '#7a90ec', '#546fe3', '#2743d6', '#1c319f', '#142370'],
  },
  dark: {
    ground: '#0f1012',
    surface: '#16171a',
    raised: '#1e1f24',
    line: '#2a2c32',
    lineSoft: '#212328',
    text: '#ecedf1',
    text2: '#a4a7b1',
    text3: '#8b8e98',
    accent: '#8196ff',
    accentSoft: '#1d2344',
    good: '#4ac47f',
    warn: '#e0a052',
    bad: '#f0716a',
    stages: ['#2b3566', '#38468a', '#4759ae', '#586dd0', '#7086f0', '#94a5f8', '#b9c4fc'],
  },
} as const;

export function antdTheme(look: Look, still: boolean): ThemeConfig {
  const p = palettes[look];
  return {
    algorithm: look === 'dark' ? themes.darkAlgorithm : themes.defaultAlgorithm,
    token: {
      fontFamily,
      fontSize: 13,
      fontSizeHeading4: 16,
      colorPrimary: p.accent,
      colorInfo: p.accent,
      colorLink: p.accent,
      colorSuccess: p.good,
      colorWarning: p.warn,
      colorError: p.bad,
      colorText: p.text,
      colorTextSecondary: p.text2,
      colorTextTertiary: p.text3,
      colorTextPlaceholder: p.text3,
      colorBgBase: p.surface,
      colorBgLayout: p.ground,
      colorBgContainer: p.surface,
      colorBgElevated: p.raised,
      colorBorder: p.line,
      colorBorderSecondary: p.lineSoft,
      borderRadius: 7,
      borderRadiusLG: 10,
      borderRadiusSM: 5,
      controlHeight: 32,
      controlHeightSM: 26,
      lineHeight: 1.5,
      wireframe: false,
      motion: !still,
      motionDurationMid: '0.14s',
      motionDurationSlow: '0.2s',
      boxShadow: '0 8px 30px rgb(0 0 0 / 0.12)',
    },
    components: {
      Button: {
        primaryColor: look === 'dark' ? p.ground : '#ffffff',
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
        fontWeight: 500,
      },
      Input: { activeShadow: `0 0 0 3px ${p.accentSoft}` },
      InputNumber: { activeShadow: `0 0 0 3px ${p.accentSoft}` },
      Select: { optionSelectedBg: p.accentSoft },
      Slider: {
        trackBg: p.accent,
        trackHoverBg: p.accent,
        handleColor: p.accent,
        handleActiveColor: p.accent,
        railBg: p.line,
        railHoverBg: p.line,
      },
      Modal: { titleFontSize: 15 },
      Form: { labelColor: p.text2, itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
      Tabs: { titleFontSize: 13 },
      Table: { headerBg: p.surface, headerColor: p.text3, cellPaddingBlockSM: 7 },
      Tooltip: { colorBgSpotlight: look === 'dark' ? '#33353c' : '#22242a' },
    },
  };
}
