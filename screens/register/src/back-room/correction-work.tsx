// Takes goods out of stock, or into it, for a reason; what is worth more needs somebody's approval.

import { Button } from 'antd'
import { useTexts } from 'kit/preferences.tsx'
import { useState } from 'react'
import { GoodsEntry } from './goods-entry.tsx'
import { ChoiceBar, EnteredList, RefusalLine, useWrite } from './parts.tsx'
import { PhotoField, type Photo } from './photo-field.tsx'
import { addEntered, type Entered } from './work.ts'

const REASONS = ['damaged', 'expired', 'self_used', 'sampled', 'lost', 'found', 'moved'] as const
type Reason = (typeof REASONS)[number]
const NOTE_LENGTH_MAX = 200

/** From where to where: outside the store is null. Goods that are moved stay, but are not offered. */
const WAYS: Record<Reason, { source: string | null; target: string | null }> = {
  damaged: { source: 'sellable', target: null },
  expired: { source: 'sellable', target: null },
  self_used: { source: 'sellable', target: null },
  sampled: { source: 'sellable', target: null },
  lost: { source: 'sellable', target: null },
  found: { source: null, target: 'sellable' },
  moved: { source: 'sellable', target: 'damaged' },
}

/** `lot_no|expiry`, as stock is kept by. */
export function lotOf({ lot_no, expires_on }: Pick<Entered, 'lot_no' | 'expires_on'>): string {
  return lot_no || expires_on ? `${lot_no}|${expires_on ?? ''}` : ''
}

function useCorrection() {
  const [reason, setReason] = useState<Reason>('damaged')
  const [lines, setLines] = useState<Entered[]>([])
  const [note, setNote] = useState('')
  const [photo, setPhoto] = useState<Photo | null>(null)
  const [isDone, setDone] = useState(false)
  const { write, refusal, setRefusal, isAsking, approval } = useWrite()
  const enter = (one: Entered) => {
    setDone(false)
    setLines((before) => addEntered(before, one))
  }
  const confirm = () => {
    const corrected = lines.map((line) => ({
      item_id: line.item.item_id,
      quantity_milli: line.quantity_milli,
      lot: lotOf(line),
      ...WAYS[reason],
    }))
    const photo_sha256 = photo?.photo_sha256 ?? ''
    const wish = { reason, note: note.trim(), lines: corrected, photo_sha256 }
    void write('adjustments', wish, () => {
      setLines([])
      setNote('')
      setPhoto(null)
      setDone(true)
    })
  }
  return {
    reason,
    lines,
    note,
    photo,
    isDone,
    refusal,
    isAsking,
    approval,
    setReason,
    setNote,
    setPhoto,
    setRefusal,
    enter,
    confirm,
    remove: (line: Entered) => setLines(lines.filter((one) => one !== line)),
  }
}

export function CorrectionWork() {
  const { t } = useTexts()
  const { reason, lines, note, photo, isDone, refusal, isAsking, approval, ...acts } =
    useCorrection()
  return (
    <div className="approval">
      <ChoiceBar
        label={t('void.reason')}
        values={REASONS}
        value={reason}
        nameOf={(one) => t(`correction.${one}`)}
        onChoose={acts.setReason}
      />
      <GoodsEntry hasLots onEnter={acts.enter} onRefuse={acts.setRefusal} />
      <RefusalLine refusal={refusal} />
      {isDone ? (
        <p className="ok" role="status">
          {t('correction.done')}
        </p>
      ) : null}
      <EnteredList lines={lines} label={t('back_room.entered')} onRemove={acts.remove} />
      <label>
        {t('back_room.note')}
        <input
          value={note}
          maxLength={NOTE_LENGTH_MAX}
          onChange={(event) => acts.setNote(event.target.value)}
        />
      </label>
      <PhotoField photo={photo} onPhoto={acts.setPhoto} onRefuse={acts.setRefusal} />
      <Button
        type="primary"
        className="confirm"
        disabled={lines.length === 0}
        loading={isAsking}
        onClick={acts.confirm}
      >
        {t('correction.confirm', { reason: t(`correction.${reason}`) })}
      </Button>
      {approval}
    </div>
  )
}
