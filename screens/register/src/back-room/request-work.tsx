// Asks headquarters for goods: scan the empty shelf, say how many, send.

import { Button } from 'antd'
import { useTexts } from 'kit/preferences.tsx'
import { useState } from 'react'
import { GoodsEntry } from './goods-entry.tsx'
import { EnteredList, RefusalLine, useWrite } from './parts.tsx'
import { addEntered, type Entered } from './work.ts'

const NOTE_LENGTH_MAX = 200

/** A wish knows no state and no lot. */
export function wantedLines(lines: Entered[]): { item_id: number; quantity_milli: number }[] {
  return lines.map(({ item, quantity_milli }) => ({ item_id: item.item_id, quantity_milli }))
}

export function RequestWork() {
  const { t } = useTexts()
  const [lines, setLines] = useState<Entered[]>([])
  const [note, setNote] = useState('')
  const [isDone, setDone] = useState(false)
  const { write, refusal, setRefusal, isAsking } = useWrite()
  const enter = (one: Entered) => {
    setDone(false)
    setLines((before) => addEntered(before, one))
  }
  const send = () =>
    void write('stock-requests', { note: note.trim(), lines: wantedLines(lines) }, () => {
      setLines([])
      setNote('')
      setDone(true)
    })
  return (
    <div className="approval">
      <GoodsEntry onEnter={enter} onRefuse={setRefusal} />
      <RefusalLine refusal={refusal} />
      {isDone ? (
        <p className="ok" role="status">
          {t('request.done')}
        </p>
      ) : null}
      <EnteredList
        lines={lines}
        label={t('back_room.entered')}
        onRemove={(line) => setLines(lines.filter((one) => one !== line))}
      />
      <label>
        {t('back_room.note')}
        <input
          value={note}
          maxLength={NOTE_LENGTH_MAX}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <Button
        type="primary"
        className="confirm"
        disabled={lines.length === 0}
        loading={isAsking}
        onClick={send}
      >
        {t('request.send')}
      </Button>
    </div>
  )
}
