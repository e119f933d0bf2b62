// The words of a fact, of whatever kind: laid out by their names on the wire, with units read from them.

import { Descriptions, Table } from 'antd'
import type { ItemNames, Plain } from 'kit/api-types.ts'
import { formatFen, formatInstant, formatMilli, formatRate } from 'kit/format.ts'
import { useTexts, type Texts } from 'kit/preferences.tsx'
import { textOfCode } from '../fact-parts.tsx'
import { labelOf, unitOf } from './field-names.ts'

type Items = Record<string, ItemNames>
type Message = { [name: string]: Plain }

/** An integer as the unit in its name says; everything else as it is. */
function textOf(texts: Texts, items: Items, name: string, value: Plain): string {
  const { t, nameOf, language } = texts
  if (typeof value === 'number') {
    if (name === 'item_id') {
      const item = items[String(value)]
      return item ? `${nameOf(item)} · ${item.sku}` : String(value)
    }
    switch (unitOf(name)) {
      case 'fen':
        return formatFen(value)
      case 'milli':
        return formatMilli(value)
      case 'bp':
        return formatRate(value)
      case 'at_ms':
        return formatInstant(new Date(value).toISOString(), language)
      default:
        return String(value)
    }
  }
  if (typeof value === 'boolean') return t(value ? 'app.yes' : 'app.no')
  if (Array.isArray(value)) return value.map((one) => textOf(texts, items, name, one)).join(', ')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([inner, one]) => `${labelOf(t, inner)} ${textOf(texts, items, inner, one)}`)
      .join(', ')
  }
  return textOfCode(t, 'value', String(value ?? '—'))
}

function isMessage(value: Plain): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTable(value: Plain): value is Message[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage)
}

const NUMBER_UNITS = new Set(['fen', 'milli', 'bp'])

function columnsOf(texts: Texts, items: Items, rows: Message[]) {
  const names = Array.from(new Set(rows.flatMap((row) => Object.keys(row))))
  return names.map((name) => ({
    title: labelOf(texts.t, name),
    key: name,
    align: NUMBER_UNITS.has(unitOf(name) ?? '') ? ('right' as const) : undefined,
    render: (_: unknown, row: Message) => {
      const value = row[name]
      return value === undefined ? '' : textOf(texts, items, name, value)
    },
  }))
}

/** Values first, then one table a list of parts. */
export function PayloadView({ payload, items }: { payload: Message; items: Items }) {
  const texts = useTexts()
  const fields = Object.entries(payload)
  const values = fields.filter(([, value]) => !isTable(value))
  return (
    <>
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2, xl: 3 }}
        items={values.map(([name, value]) => ({
          key: name,
          label: labelOf(texts.t, name),
          children: textOf(texts, items, name, value),
        }))}
      />
      {fields.map(([name, value]) =>
        isTable(value) ? (
          <section key={name} className="payload-part">
            <h3>
              {labelOf(texts.t, name)} <small>{value.length}</small>
            </h3>
            <Table
              size="small"
              rowKey={(row) => value.indexOf(row)}
              pagination={false}
              scroll={{ x: 'max-content' }}
              columns={columnsOf(texts, items, value)}
              dataSource={value}
            />
          </section>
        ) : null,
      )}
    </>
  )
}
