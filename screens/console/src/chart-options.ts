// How the charts look. Figures stay fen; only the words on the axes are shortened.

import type { EChartsCoreOption } from 'echarts/core'
import { formatFen, formatFenShort } from 'kit/format.ts'
import type { Language } from 'kit/text/index.ts'
import { FONT, type Palette } from 'kit/theme.ts'

export type ChartLook = { palette: Palette; language: Language }
export type Bar = { name: string; amount_fen: number }

function base({ palette }: ChartLook): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: palette.sub },
    tooltip: {
      trigger: 'axis',
      backgroundColor: palette.panel,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: FONT },
      valueFormatter: (fen: number) => formatFen(fen),
    },
  }
}

function fenAxis({ palette, language }: ChartLook): EChartsCoreOption {
  return {
    type: 'value',
    splitLine: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.sub, formatter: (fen: number) => formatFenShort(fen, language) },
  }
}

function nameAxis({ palette }: ChartLook, names: string[]): EChartsCoreOption {
  return {
    type: 'category',
    data: names,
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.sub, hideOverlap: true },
  }
}

/** A line over the days, oldest first whatever their order. A single day is a point, so few show points. */
export function dayLine(look: ChartLook, title: string, days: Bar[]): EChartsCoreOption {
  const { palette } = look
  const inOrder = days.toSorted((left, right) => left.name.localeCompare(right.name))
  const series = {
    type: 'line',
    name: title,
    data: inOrder.map((day) => day.amount_fen),
    smooth: 0.25,
    showSymbol: days.length <= 40,
    symbolSize: 7,
    itemStyle: { color: palette.brand },
    lineStyle: { width: 2.5 },
    areaStyle: { color: palette.brand, opacity: 0.1 },
  }
  return {
    ...base(look),
    grid: { left: 8, right: 18, top: 14, bottom: 4, containLabel: true },
    xAxis: {
      ...nameAxis(
        look,
        inOrder.map((day) => day.name),
      ),
      boundaryGap: days.length < 2,
    },
    yAxis: fenAxis(look),
    series: [series],
  }
}

/** Lying bars, the largest on top, each with its amount behind it. */
export function ranking(look: ChartLook, title: string, bars: Bar[]): EChartsCoreOption {
  const { palette, language } = look
  const label = {
    show: true,
    position: 'right',
    color: palette.ink,
    formatter: ({ value }: { value: number }) => `¥${formatFenShort(value, language)}`,
  }
  const series = {
    type: 'bar',
    name: title,
    data: bars.map((bar) => bar.amount_fen),
    barMaxWidth: 16,
    itemStyle: { color: palette.brand, borderRadius: [0, 6, 6, 0] },
    label,
  }
  const names = nameAxis(
    look,
    bars.map((bar) => bar.name),
  )
  return {
    ...base(look),
    grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
    xAxis: { ...fenAxis(look), show: false },
    yAxis: {
      ...names,
      inverse: true,
      axisLine: { show: false },
      axisLabel: { color: palette.ink, width: 160, overflow: 'truncate' },
    },
    series: [series],
  }
}
