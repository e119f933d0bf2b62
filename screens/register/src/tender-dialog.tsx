// Takes the money: one tender or several, by touch or by keyboard.

import { CloseOutlined, CreditCardOutlined, WalletOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import type { Refusal, Tender, TenderKind } from 'kit/api-types.ts'
import { FEN_DIGITS, pressKey, writeDecimal } from 'kit/decimal.ts'
import { formatFen } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useRef, useState, type ReactNode } from 'react'
import { BackIcon, Pad, usePadKeys, type PadKey } from './pad.tsx'
import {
  addNote,
  EMPTY_ENTRY,
  planTender,
  takePart,
  TENDER_KINDS,
  tendersOf,
  type TenderEntry,
  type TenderPlan,
} from './tender.ts'

const NOTES_YUAN: Record<string, number> = { note_50: 50, note_100: 100 }
const KIND_ICONS: Record<TenderKind, ReactNode> = {
  cash: <WalletOutlined />,
  card: <CreditCardOutlined />,
}

function pressTenderKey(entry: TenderEntry, key: string, plan: TenderPlan): TenderEntry {
  const noteYuan = NOTES_YUAN[key]
  if (noteYuan !== undefined) return { ...entry, typed: addNote(entry.typed, noteYuan) }
  if (key === 'exact') return { ...entry, typed: writeDecimal(plan.remaining_fen, FEN_DIGITS) }
  return { ...entry, typed: pressKey(entry.typed, key, FEN_DIGITS) }
}

function otherKind(kind: TenderKind): TenderKind {
  return kind === 'cash' ? 'card' : 'cash'
}

type PayProps = {
  dueFen: number
  /** Answers the refusal, or null once it is paid. */
  onPay: (tenders: Tender[]) => Promise<Refusal | null>
  onClose: () => void
}

/** What the dialog holds and what its keys do. */
function useTender({ dueFen, onPay, onClose }: PayProps) {
  const [entry, setEntry] = useState(EMPTY_ENTRY)
  const [isPaying, setPaying] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const plan = planTender(entry, dueFen)
  const change = (next: TenderEntry) => {
    if (isPaying) return
    setRefusal(null)
    setEntry(next)
  }
  const confirm = async () => {
    if (isPaying) return
    if (plan.next === 'add') return change(takePart(entry, plan))
    if (plan.next !== 'pay') return
    setPaying(true)
    const refused = await onPay(tendersOf(entry, plan))
    setPaying(false)
    if (refused) setRefusal(refused)
    else onClose()
  }
  const press = (key: string) => change(pressTenderKey(entry, key, plan))
  return { entry, plan, isPaying, refusal, change, press, confirm }
}

function Amounts({ plan, isPart }: { plan: TenderPlan; isPart: boolean }) {
  const { t } = useTexts()
  return (
    <div className="spread tender-amounts">
      <div>
        <small>{t(isPart ? 'tender.remaining' : 'tender.due')}</small>
        <div className="amount-large">{formatFen(plan.remaining_fen)}</div>
      </div>
      <div className="number">
        <small>{t('tender.change')}</small>
        <div className="amount-large ok">{formatFen(plan.change_fen)}</div>
      </div>
    </div>
  )
}

type KindsProps = { entry: TenderEntry; onChange: (entry: TenderEntry) => void }

function TenderKinds({ entry, onChange }: KindsProps) {
  const { t } = useTexts()
  const takeBack = (index: number) =>
    onChange({ ...entry, taken: entry.taken.filter((_tender, place) => place !== index) })
  return (
    <div className="tender-kinds">
      <div role="radiogroup" aria-label={t('tender.kind')}>
        {TENDER_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            role="radio"
            aria-checked={entry.kind === kind}
            onClick={() => onChange({ ...entry, kind, typed: '' })}
          >
            {KIND_ICONS[kind]} {t(`tender.${kind}`)}
          </button>
        ))}
      </div>
      {entry.taken.map((tender, index) => {
        const values = { kind: t(`tender.${tender.kind}`), amount: formatFen(tender.amount_fen) }
        return (
          <div key={index} className="taken">
            <span>{values.kind}</span>
            <b>{values.amount}</b>
            <Button
              type="text"
              icon={<CloseOutlined />}
              aria-label={t('tender.remove', values)}
              onClick={() => takeBack(index)}
            />
          </div>
        )
      })}
    </div>
  )
}

function padKeys(t: ReturnType<typeof useTexts>['t']): PadKey[] {
  return [
    ...['7', '8', '9'].map((key) => ({ key })),
    { key: 'note_50', label: '¥50', isQuiet: true },
    ...['4', '5', '6'].map((key) => ({ key })),
    { key: 'note_100', label: '¥100', isQuiet: true },
    ...['1', '2', '3'].map((key) => ({ key })),
    { key: 'exact', label: t('tender.exact'), isQuiet: true },
    ...['0', '00', '.'].map((key) => ({ key })),
    { key: 'back', label: <BackIcon />, name: t('pad.back'), isQuiet: true },
  ]
}

function confirmLabel(t: ReturnType<typeof useTexts>['t'], plan: TenderPlan, isPaying: boolean) {
  if (isPaying) return t('tender.waiting')
  return plan.next === 'add'
    ? t('tender.add', { amount: formatFen(plan.given_fen) })
    : `${t('tender.confirm')} Enter`
}

/** Mounted while the customer pays. Stays open, amounts kept, if the line to the box goes. */
export function TenderDialog(props: PayProps) {
  const { t, detailOf } = useTexts()
  const { entry, plan, isPaying, refusal, change, press, confirm } = useTender(props)
  const field = useRef<HTMLDivElement>(null)
  const switchKind = () => change({ ...entry, kind: otherKind(entry.kind), typed: '' })
  usePadKeys({
    onKey: press,
    onConfirm: () => void confirm(),
    others: { ArrowLeft: switchKind, ArrowRight: switchKind },
  })
  const problem =
    plan.next === 'too_much'
      ? t('tender.no_card_change', { amount: formatFen(plan.remaining_fen) })
      : refusal && detailOf(refusal)
  return (
    <Modal
      open
      centered
      width={720}
      title={t('tender.title')}
      footer={null}
      mask={{ closable: false }}
      onCancel={props.onClose}
      afterOpenChange={() => field.current?.focus()}
    >
      <Amounts plan={plan} isPart={entry.taken.length > 0} />
      <div className="tender-body">
        <TenderKinds entry={entry} onChange={change} />
        <Pad keys={padKeys(t)} columns={4} onKey={press} />
      </div>
      <div ref={field} tabIndex={-1} className="tender-given" role="status">
        <span>{t('tender.given')}</span>
        <b className={entry.typed ? undefined : 'placeholder'}>{formatFen(plan.given_fen)}</b>
        <span className="tender-problem" role="alert">
          {problem}
        </span>
      </div>
      <Button
        type="primary"
        block
        className="confirm pay-green"
        loading={isPaying}
        disabled={plan.next === 'too_much' || plan.next === 'nothing'}
        onClick={() => void confirm()}
      >
        {confirmLabel(t, plan, isPaying)}
      </Button>
      <div className="dialog-hint">{t('tender.hint')}</div>
    </Modal>
  )
}
