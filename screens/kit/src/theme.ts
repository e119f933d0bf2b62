// The colours of both programs, once: as CSS variables, as antd's tokens and for the charts.

import { theme as antdTheme, type ThemeConfig } from 'antd'

const LIGHT = {
  bg: '#eef1f6',
  panel: '#ffffff',
  raised: '#ffffff',
  soft: '#f7f8fb',
  ink: '#101828',
  sub: '#5f687d',
  line: '#e4e7ec',
  brand: '#0b62e6',
  'brand-soft': '#e8f1ff',
  ok: '#087f57',
  /** Small text on ok-soft: ok itself is too pale for it. */
  'ok-ink': '#067647',
  'ok-soft': '#e6f6f0',
  down: '#d92d20',
  /** Small text on down-soft. */
  'down-ink': '#b42318',
  'down-soft': '#fdecea',
  warning: '#b45309',
  'warning-soft': '#fdf3e1',
}

export type Palette = typeof LIGHT

const DARK: Palette = {
  bg: '#0b1220',
  panel: '#131c2e',
  raised: '#192439',
  soft: '#0f1829',
  ink: '#f2f5fa',
  sub: '#93a1b8',
  line: '#22304a',
  brand: '#4d9bff',
  'brand-soft': '#16294a',
  ok: '#2dd49a',
  'ok-ink': '#2dd49a',
  'ok-soft': '#0f2f2a',
  down: '#ff7a70',
  'down-ink': '#ff7a70',
  'down-soft': '#3a1a1f',
  warning: '#f5b14c',
  'warning-soft': '#33260f',
}

export const FONT =
  "'Noto Sans SC', Inter, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif"

export function paletteOf(dark: boolean): Palette {
  return dark ? DARK : LIGHT
}

/** Put the palette on the page. Styles use var(--ink), the charts and antd get the same values. */
export function applyPalette(dark: boolean): void {
  const root = document.documentElement
  root.classList.toggle('dark', dark)
  root.style.setProperty('--font', FONT)
  root.style.colorScheme = dark ? 'dark' : 'light'
  for (const [name, value] of Object.entries(paletteOf(dark))) {
    root.style.setProperty(`--${name}`, value)
  }
}

/** @param density `touch` for fingers at the till, `dense` for tables on a desk. */
export function antdThemeOf(dark: boolean, density: 'touch' | 'dense'): ThemeConfig {
  const palette = paletteOf(dark)
  return {
    algorithm: dark ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: dark ? '#2f7df6' : palette.brand,
      colorInfo: palette.brand,
      colorSuccess: palette.ok,
      colorWarning: palette.warning,
      colorError: palette.down,
      colorLink: palette.brand,
      colorTextBase: palette.ink,
      colorTextSecondary: palette.sub,
      colorTextTertiary: palette.sub,
      colorTextPlaceholder: palette.sub,
      colorSuccessBg: palette['ok-soft'],
      colorSuccessBorder: palette['ok-soft'],
      colorWarningBg: palette['warning-soft'],
      colorWarningBorder: palette['warning-soft'],
      colorErrorBg: palette['down-soft'],
      colorErrorBorder: palette['down-soft'],
      colorInfoBg: palette['brand-soft'],
      colorInfoBorder: palette['brand-soft'],
      colorBgBase: palette.panel,
      colorBgContainer: palette.panel,
      colorBgElevated: palette.raised,
      colorBgLayout: palette.bg,
      colorBorder: palette.line,
      colorBorderSecondary: palette.line,
      borderRadius: density === 'touch' ? 12 : 8,
      controlHeight: density === 'touch' ? 48 : 36,
      fontSize: density === 'touch' ? 15 : 14,
      fontFamily: FONT,
      fontWeightStrong: 700,
      // Nothing at the till moves by itself: it would only delay the next scan.
      motion: density === 'dense',
    },
    components: {
      Tabs: { itemSelectedColor: palette.brand, inkBarColor: palette.brand },
      Table: {
        headerBg: palette.soft,
        headerColor: palette.sub,
        cellPaddingInline: 12,
        colorTextDisabled: palette.sub,
      },
      // Small text on its own pale ground.
      Tag: { colorSuccess: palette['ok-ink'], colorError: palette['down-ink'] },
    },
  }
}
