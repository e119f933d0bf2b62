// Writes a new transfer: from where, to where, which items and how much.

import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, App, Button, Input, Modal, Select } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Item, Refusal, TransferRow } from 'kit/api-types.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useHub } from '../hub.tsx'
import { StoreSelect } from '../store-parts.tsx'
import {
  addLine,
  changeLine,
  EMPTY_DRAFT,
  LINES_MAX,
  problemsOf,
  removeLine,
  requestOf,
  type Draft,
  type DraftLine,
  type LineProblems,
} from './draft.ts'

const RESULTS_MAX = 20
const TYPING_PAUSE_MS = 250

/** Items that match what was typed, once typing pauses. */
function useItems(query: string): Item[] {
  const hub = useHub()
  const find = useEffectEvent((signal: AbortSignal) =>
    hub.read('/items', { query, limit: RESULTS_MAX }, signal),
  )
  const [items, setItems] = useState<Item[]>([])
  useEffect(() => {
    const controller = new AbortController()
    const timer = setTimeout(() => {
      find(controller.signal).then(
        (answer) => setItems(answer.rows),
        // The list stays as it was; typing on asks again.
        () => undefined,
      )
    }, TYPING_PAUSE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [query])
  return items
}

type ItemSelectProps = { item: Item | null; isWrong: boolean; onChange: (item: Item) => void }

function ItemSelect({ item, isWrong, onChange }: ItemSelectProps) {
  const { t, nameOf } = useTexts()
  const [query, setQuery] = useState('')
  const found = useItems(query)
  const items =
    item && !found.some((other) => other.item_id === item.item_id) ? [item, ...found] : found
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setQuery }}
      className="draft-item"
      value={item?.item_id}
      status={isWrong ? 'error' : undefined}
      placeholder={t('draft.search_item')}
      aria-label={t('draft.item')}
      options={items.map((other) => ({
        value: other.item_id,
        label: `${nameOf(other)} · ${other.sku}`,
      }))}
      onChange={(itemId: number) => {
        const chosen = items.find((other) => other.item_id === itemId)
        if (chosen) onChange(chosen)
      }}
    />
  )
}

function Problem({
  problem,
}: {
  problem: Parameters<ReturnType<typeof useTexts>['t']>[0] | undefined
}) {
  const { t } = useTexts()
  return problem ? <div className="draft-problem">{t(problem)}</div> : null
}

type LineProps = {
  line: DraftLine
  number: number
  problems: LineProblems | undefined
  onChange: (change: Partial<DraftLine>) => void
  onRemove: (() => void) | undefined
}

function LineFields({ line, number, problems, onChange, onRemove }: LineProps) {
  const { t } = useTexts()
  return (
    <div className="draft-line">
      <div>
        <ItemSelect
          item={line.item}
          isWrong={problems?.item !== undefined}
          onChange={(item) => onChange({ item })}
        />
        <Problem problem={problems?.item} />
      </div>
      <div>
        <Input
          inputMode="decimal"
          value={line.quantity}
          status={problems?.quantity ? 'error' : undefined}
          suffix={line.item ? t(`unit.${line.item.unit_of_measure}`) : undefined}
          aria-label={t('draft.quantity')}
          placeholder={t('draft.quantity')}
          onChange={(event) => onChange({ quantity: event.target.value })}
        />
        <Problem problem={problems?.quantity} />
      </div>
      <Button
        type="text"
        icon={<DeleteOutlined />}
        disabled={!onRemove}
        aria-label={t('draft.remove_line', { number })}
        onClick={onRemove}
      />
    </div>
  )
}

/** Sends the draft. The same content keeps its key, so that a lost answer makes no second transfer. */
function useSave(onSaved: (transfer: TransferRow) => void) {
  const hub = useHub()
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isSaving, setSaving] = useState(false)
  const sent = useRef({ body: '', key: '' })
  const save = async (draft: Draft) => {
    const request = requestOf(draft)
    if (!request) return
    const body = JSON.stringify(request)
    if (sent.current.body !== body) sent.current = { body, key: newId() }
    setSaving(true)
    setRefusal(null)
    try {
      onSaved(await hub.write<TransferRow>('/transfers', sent.current.key, request))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setSaving(false)
      setRefusal(error.refusal)
    }
  }
  return { refusal, isSaving, save }
}

type StoresProps = {
  draft: Draft
  problems: ReturnType<typeof problemsOf> | null
  onChange: (draft: Draft) => void
}

function StoreFields({ draft, problems, onChange }: StoresProps) {
  const { t } = useTexts()
  return (
    <div className="draft-stores">
      {(['source', 'target'] as const).map((end) => (
        <div key={end}>
          <StoreSelect
            value={draft[end]}
            status={problems?.[end] ? 'error' : undefined}
            placeholder={t(`transfers.${end}`)}
            onChange={(store) => onChange({ ...draft, [end]: store })}
          />
          <Problem problem={problems?.[end]} />
        </div>
      ))}
    </div>
  )
}

type CreateProps = { onClose: () => void; onSaved: () => void }

/** Mounted while it is written. */
export function CreateTransfer({ onClose, onSaved }: CreateProps) {
  const { t, detailOf } = useTexts()
  const { message } = App.useApp()
  const [draft, setDraft] = useState(EMPTY_DRAFT)
  const [isChecked, setChecked] = useState(false)
  const problems = isChecked ? problemsOf(draft) : null
  const { refusal, isSaving, save } = useSave(({ transfer_no }) => {
    void message.success(t('transfers.done_create', { transfer_no }))
    onSaved()
    onClose()
  })
  const submit = () => {
    setChecked(true)
    void save(draft)
  }
  return (
    <Modal
      open
      width={720}
      title={t('transfers.create')}
      okText={t('draft.save')}
      cancelText={t('app.cancel')}
      confirmLoading={isSaving}
      mask={{ closable: false }}
      onOk={submit}
      onCancel={onClose}
    >
      {refusal ? <Alert type="error" showIcon title={detailOf(refusal)} /> : null}
      <StoreFields draft={draft} problems={problems} onChange={setDraft} />
      {draft.lines.map((line, place) => (
        <LineFields
          key={line.key}
          line={line}
          number={place + 1}
          problems={problems?.lines[line.key]}
          onChange={(change) => setDraft(changeLine(draft, line.key, change))}
          onRemove={
            draft.lines.length > 1 ? () => setDraft(removeLine(draft, line.key)) : undefined
          }
        />
      ))}
      <Button
        type="dashed"
        block
        icon={<PlusOutlined />}
        disabled={draft.lines.length >= LINES_MAX}
        onClick={() => setDraft(addLine(draft))}
      >
        {t('draft.add_line')}
      </Button>
    </Modal>
  )
}
