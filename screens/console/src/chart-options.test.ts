import { paletteOf } from 'kit/theme.ts'
import { expect, test } from 'vitest'
import { dayLine, ranking } from './chart-options.ts'

const LOOK = { palette: paletteOf(false), language: 'zh' as const }

test('days run from the oldest to the newest whatever order they come in', () => {
  const days = [
    { name: '2017-12-30', amount_fen: 300 },
    { name: '2017-12-29', amount_fen: 200 },
  ]

  const option = dayLine(LOOK, 'sales', days)

  expect(option).toMatchObject({
    xAxis: { data: ['2017-12-29', '2017-12-30'] },
    series: [{ data: [200, 300] }],
  })
})

test('the ranking keeps the order of the hub, the largest on top', () => {
  const bars = [
    { name: 'S002', amount_fen: 300 },
    { name: 'S001', amount_fen: 200 },
  ]

  const option = ranking(LOOK, 'sales', bars)

  expect(option).toMatchObject({
    yAxis: { data: ['S002', 'S001'], inverse: true },
    series: [{ data: [300, 200] }],
  })
})
