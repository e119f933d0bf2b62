// One chart of ECharts, of the parts that are used here; drawn anew when colours or figures change.

import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])

type ChartProps = {
  option: echarts.EChartsCoreOption
  heightPx: number
  /** What the chart says, for those who do not see it. */
  label: string
}

export function Chart({ option, heightPx, label }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<echarts.ECharts | null>(null)
  useEffect(() => {
    if (!place.current) return
    const drawn = echarts.init(place.current)
    const observer = new ResizeObserver(() => drawn.resize())
    observer.observe(place.current)
    chart.current = drawn
    return () => {
      observer.disconnect()
      drawn.dispose()
    }
  }, [])
  useEffect(() => chart.current?.setOption(option, { notMerge: true }), [option])
  return <div ref={place} role="img" aria-label={label} style={{ height: heightPx }} />
}
