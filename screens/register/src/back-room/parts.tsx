// What the works of the back room share: a refusal, the lines that were entered, one write under one key.

import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, WantedApproval } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { ApprovalDialog } from '../approval-dialog.tsx'
import { askStore } from '../store-api.ts'
import { keyOf, type Entered } from './work.ts'

export function RefusalLine({ refusal }: { refusal: Refusal | null }) {
  const { detailOf } = useTexts()
  if (!refusal) return null
  return (
    <div className="binding-refusal" role="alert">
      {detailOf(refusal)}
    </div>
  )
}

/** Before a box that did not answer, or had too much to do, is asked again. */
const ASK_AGAIN_MS = 2_000
const NO_ANSWER = 0
const BUSY = 503

/** Asks once when the work is opened, and again by `reload`; who got no answer asks until there is one. */
export function useAsked<Answer>(path: string) {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [refused, setRefused] = useState<ApiError | null>(null)
  const reload = useCallback(async () => {
    try {
      setAnswer(await askStore<Answer>(path))
      setRefused(null)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefused(error)
    }
  }, [path])
  useEffect(() => void reload(), [reload])
  useEffect(() => {
    if (refused?.status !== NO_ANSWER && refused?.status !== BUSY) return
    const timer = setTimeout(() => void reload(), ASK_AGAIN_MS)
    return () => clearTimeout(timer)
  }, [refused, reload])
  return { answer, refusal: refused?.refusal ?? null, reload }
}

type Wanted = { wanted: WantedApproval; refusal: Refusal; retry: (approvalId: string) => void }

/**
 * Writes under the same key until it is done, however often it is tried: nothing happens twice. What
 * somebody else has to allow is asked for, and done again under the approval.
 */
export function useWrite() {
  const [key, setKey] = useState(newId)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isAsking, setAsking] = useState(false)
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const write = async <Answer,>(
    path: string,
    body: object,
    onDone: (answer: Answer) => void,
    approval: { approval_id?: string } = {},
  ): Promise<void> => {
    setRefusal(null)
    setAsking(true)
    try {
      const headers = { 'idempotency-key': key }
      const wish = { ...body, ...approval }
      const answer = await askStore<Answer>(path, { method: 'POST', body: wish, headers })
      setKey(newId())
      onDone(answer)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const asked = error.refusal.approval
      const retry = (approval_id: string) => void write(path, body, onDone, { approval_id })
      if (asked) setWanted({ wanted: asked, refusal: error.refusal, retry })
      else setRefusal(error.refusal)
    } finally {
      setAsking(false)
    }
  }
  const approved = (approvalId: string) => {
    wanted?.retry(approvalId)
    setWanted(null)
  }
  const approval: ReactNode = wanted ? (
    <ApprovalDialog
      wanted={wanted.wanted}
      refusal={wanted.refusal}
      onApproved={approved}
      onClose={() => setWanted(null)}
    />
  ) : null
  return { write, refusal, setRefusal, isAsking, approval }
}

type EnteredListProps = { lines: Entered[]; label: string; onRemove: (line: Entered) => void }

/** What was entered so far, the newest first. */
export function EnteredList({ lines, label, onRemove }: EnteredListProps) {
  const { t, nameOf } = useTexts()
  return (
    <div className="held-list" role="list" aria-label={label}>
      {lines.map((line) => {
        const name = nameOf(line.item)
        const about = [
          line.state === 'sellable' ? '' : t(`state.${line.state}`),
          line.lot_no,
          line.expires_on ?? '',
        ]
        return (
          <div key={keyOf(line)} className="held-row" role="listitem">
            <span>
              {name}
              <small>{about.filter(Boolean).join(' · ')}</small>
            </span>
            <b>{formatQuantity(line.quantity_milli, line.item.unit_of_measure)}</b>
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t('back_room.remove', { name })}
              onClick={() => onRemove(line)}
            />
          </div>
        )
      })}
    </div>
  )
}

type ChoiceBarProps<Value extends string> = {
  label: string
  values: readonly Value[]
  value: Value
  nameOf: (value: Value) => string
  onChoose: (value: Value) => void
}

/** One of a few, by one tap. */
export function ChoiceBar<Value extends string>(props: ChoiceBarProps<Value>) {
  const { label, values, value, nameOf, onChoose } = props
  return (
    <div className="pad-choices" role="radiogroup" aria-label={label}>
      {values.map((one) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={one === value}
          onClick={() => onChoose(one)}
        >
          {nameOf(one)}
        </button>
      ))}
    </div>
  )
}
