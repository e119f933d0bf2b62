// The shift: open it with a float, move cash, look at the X, count blind and close; then the day.

import { Button, Modal } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type {
  CashMove,
  DayReport,
  Refusal,
  RegisterState,
  ShiftReport,
  ShiftState,
} from 'kit/api-types.ts'
import { FEN_DIGITS, parseDecimal } from 'kit/decimal.ts'
import { formatFen } from 'kit/format.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useCallback, useEffect, useRef, useState, type FormEvent } from 'react'
import { CountForm } from './count-form.tsx'
import { isOn } from './features.ts'
import {
  closeDay,
  closeShift,
  moveCash,
  openDrawer,
  openShift,
  readShift,
  printX,
  readX,
  type Counted,
} from './shift-api.ts'
import { DayReportView, ShiftReportView } from './shift-report.tsx'
import type { TillActions } from './till-actions.ts'

type Stage = 'menu' | 'open' | 'cash' | 'count'
type Shown = { shift: ShiftReport } | { day: DayReport } | null

const MOVES: CashMove[] = ['paid_out', 'paid_in', 'dropped', 'float_added', 'deposited']

/** One of each write, until it is done: whoever tries again when an answer was lost does it once. */
const makeKeys = () => ({
  open: newId(),
  close: newId(),
  day: newId(),
  cash: newId(),
  drawer: newId(),
  print: newId(),
})

type Act = (approvalId: string | null) => Promise<void>

/** Ask once; do it again under an approval, when that is all it lacks; keep what was refused. */
function useAttempt(actions: TillActions) {
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isAsking, setAsking] = useState(false)
  const tell = (error: unknown) => {
    if (!(error instanceof ApiError)) throw error
    actions.tell(error.refusal)
  }
  const attempt = async (act: Act) => {
    setRefusal(null)
    setAsking(true)
    try {
      await act(null)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const wanted = error.refusal.approval
      const retry = (approvalId: string) => void act(approvalId).catch(tell)
      if (wanted) actions.askApproval(error.refusal, wanted, retry)
      else setRefusal(error.refusal)
    } finally {
      setAsking(false)
    }
  }
  return { refusal, setRefusal, isAsking, attempt }
}

function useShift(actions: TillActions, onClose: () => void) {
  const [state, setState] = useState<ShiftState | null>(null)
  const [keys, setKeys] = useState(makeKeys)
  const [stage, setStage] = useState<Stage>('menu')
  const [shown, setShown] = useState<Shown>(null)
  const { refusal, setRefusal, isAsking, attempt } = useAttempt(actions)
  const reload = useCallback(async () => {
    const next = await readShift()
    setState(next)
    setStage(next.shift?.is_open ? 'menu' : 'open')
  }, [])
  useEffect(() => {
    reload().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    })
  }, [reload, setRefusal])
  const acts = {
    open: (float_fen: number) =>
      attempt(async () => {
        await openShift(keys.open, float_fen)
        onClose()
      }),
    x: () => attempt(async () => setShown({ shift: await readX() })),
    printX: () =>
      attempt(async () => {
        await printX(keys.print)
        setKeys(makeKeys())
      }),
    cash: (move: CashMove, amount_fen: number, reason: string) =>
      attempt(async (approvalId) => {
        await moveCash(keys.cash, { move, amount_fen, reason }, approvalId)
        onClose()
      }),
    drawer: () =>
      attempt(async (approvalId) => {
        await openDrawer(keys.drawer, approvalId)
        onClose()
      }),
    close: (counts: Counted[]) =>
      attempt(async () => {
        setShown({ shift: await closeShift(keys.close, counts) })
        setKeys(makeKeys())
        await reload()
      }),
    closeDay: () =>
      attempt(async () => {
        setShown({ day: await closeDay(keys.day) })
        setKeys(makeKeys())
        await reload()
      }),
  }
  return { state, stage, setStage, shown, refusal, isAsking, acts }
}

type Acts = ReturnType<typeof useShift>['acts']

function FloatForm({ lastFen, onOpen }: { lastFen: number; onOpen: (fen: number) => void }) {
  const { t } = useTexts()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('float'))
    const fen = text === '' ? lastFen : parseDecimal(text, FEN_DIGITS)
    if (fen !== null) onOpen(fen)
  }
  return (
    <form className="approval" onSubmit={submit}>
      <label>
        {t('shift.float')}
        <input
          name="float"
          autoFocus
          inputMode="decimal"
          autoComplete="off"
          placeholder={t('shift.same_float', { amount: formatFen(lastFen) })}
        />
      </label>
      <Button type="primary" block htmlType="submit" className="confirm">
        {t('shift.open')} Enter
      </Button>
    </form>
  )
}

function CashForm({ onMove }: { onMove: Acts['cash'] }) {
  const { t } = useTexts()
  const [move, setMove] = useState<CashMove>('paid_out')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const fen = parseDecimal(String(fields.get('amount')), FEN_DIGITS)
    if (fen !== null && fen > 0) void onMove(move, fen, String(fields.get('reason')))
  }
  return (
    <form className="approval" onSubmit={submit}>
      <div className="pad-choices" role="radiogroup" aria-label={t('shift.move')}>
        {MOVES.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === move}
            onClick={() => setMove(one)}
          >
            {t(`shift.move.${one}`)}
          </button>
        ))}
      </div>
      <label>
        {t('shift.amount')}
        <input name="amount" autoFocus inputMode="decimal" autoComplete="off" required />
      </label>
      <label>
        {t('void.reason')}
        <input name="reason" maxLength={40} autoComplete="off" />
      </label>
      <Button type="primary" block htmlType="submit" className="confirm">
        {t('shift.move_confirm')} Enter
      </Button>
    </form>
  )
}

type MenuProps = {
  state: ShiftState
  register: RegisterState
  acts: Acts
  onStage: (stage: Stage) => void
}

function Menu({ state, register, acts, onStage }: MenuProps) {
  const { t } = useTexts()
  const isOpen = state.shift?.is_open ?? false
  return (
    <div className="dialog-buttons">
      <Button className="confirm" disabled={!isOpen} onClick={() => void acts.x()}>
        {t('shift.x')}
      </Button>
      {isOn(register, 'move_cash') ? (
        <Button className="confirm" disabled={!isOpen} onClick={() => onStage('cash')}>
          {t('shift.cash')}
        </Button>
      ) : null}
      {isOn(register, 'open_drawer') ? (
        <Button className="confirm" onClick={() => void acts.drawer()}>
          {t('shift.drawer')}
        </Button>
      ) : null}
      <Button
        className="confirm"
        type="primary"
        disabled={!isOpen}
        onClick={() => onStage('count')}
      >
        {t('shift.close')}
      </Button>
    </div>
  )
}

type ShiftDialogProps = { register: RegisterState; actions: TillActions; onClose: () => void }

export function ShiftDialog({ register, actions, onClose }: ShiftDialogProps) {
  const { t, detailOf } = useTexts()
  const { state, stage, setStage, shown, refusal, isAsking, acts } = useShift(actions, onClose)
  const body = useRef<HTMLDivElement>(null)
  const shift = state?.shift
  return (
    <Modal
      open
      centered
      width={640}
      title={shift?.is_open ? t('shift.title_no', { shift_no: shift.shift_no }) : t('shift.title')}
      footer={null}
      onCancel={onClose}
      afterOpenChange={() => body.current?.querySelector('input')?.focus()}
    >
      <div ref={body} className="approval" aria-busy={isAsking || state === null}>
        {refusal ? (
          <div className="binding-refusal" role="alert">
            {detailOf(refusal)}
          </div>
        ) : null}
        {shown && 'shift' in shown ? <ShiftReportView report={shown.shift} /> : null}
        {shown && 'shift' in shown && shown.shift.counted_fen === null ? (
          <Button className="confirm" onClick={() => void acts.printX()}>
            {t('shift.print_x')}
          </Button>
        ) : null}
        {shown && 'day' in shown ? <DayReportView report={shown.day} /> : null}
        {state && stage === 'open' && !shown ? (
          <FloatForm lastFen={shift?.float_fen ?? 0} onOpen={(fen) => void acts.open(fen)} />
        ) : null}
        {stage === 'cash' ? <CashForm onMove={acts.cash} /> : null}
        {stage === 'count' ? <CountForm onCount={(counts) => void acts.close(counts)} /> : null}
        {state && stage === 'menu' ? (
          <Menu {...{ state, register, acts, onStage: setStage }} />
        ) : null}
        {state && stage === 'open' && !(shown && 'day' in shown) ? (
          <Button block className="confirm" onClick={() => void acts.closeDay()}>
            {t('shift.close_day')}
          </Button>
        ) : null}
      </div>
    </Modal>
  )
}
