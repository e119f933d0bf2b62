// Counts a drawer blind, by note and coin: how many of each, and what they come to.

import { Button } from 'antd'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent } from 'react'
import type { Counted } from './shift-api.ts'

/** Notes and coins of the renminbi in circulation, in fen. */
const DENOMINATIONS_FEN = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10]

function readCounts(form: HTMLFormElement): Counted[] {
  const fields = new FormData(form)
  return DENOMINATIONS_FEN.map((denomination_fen) => ({
    denomination_fen,
    pieces: Number(fields.get(String(denomination_fen)) ?? 0),
  }))
}

export function CountForm({ onCount }: { onCount: (counts: Counted[]) => void }) {
  const { t } = useTexts()
  const [sumFen, setSumFen] = useState(0)
  const add = (event: FormEvent<HTMLFormElement>) => {
    const counts = readCounts(event.currentTarget)
    setSumFen(counts.reduce((sum, one) => sum + one.denomination_fen * one.pieces, 0))
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onCount(readCounts(event.currentTarget))
  }
  return (
    <form className="count-form" onChange={add} onSubmit={submit}>
      <p>{t('shift.count_help')}</p>
      <div className="count-grid">
        {DENOMINATIONS_FEN.map((fen, index) => (
          <label key={fen}>
            {formatFen(fen)}
            <input
              name={String(fen)}
              type="number"
              min={0}
              max={99_999}
              step={1}
              inputMode="numeric"
              autoFocus={index === 0}
            />
          </label>
        ))}
      </div>
      <div className="spread">
        <span>{t('shift.counted')}</span>
        <b className="amount-large" role="status" aria-label={t('shift.counted')}>
          {formatFen(sumFen)}
        </b>
      </div>
      <Button type="primary" block htmlType="submit" className="confirm">
        {t('shift.count_confirm')} Enter
      </Button>
    </form>
  )
}
