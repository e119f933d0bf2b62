// The back room: today's work, orders, counts, corrections, and the shelf. In a dialog of the till, or
// alone on a phone.

import { Modal, Tabs } from 'antd'
import type { RegisterState } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState } from 'react'
import { isOn, type Feature } from '../features.ts'
import type { RegisterLink } from '../register-link.ts'
import { TillHeader } from '../till-header.tsx'
import type { View } from '../view.ts'
import './back-room.css'
import { CorrectionWork } from './correction-work.tsx'
import { CountWork } from './count-work.tsx'
import { OrderWork } from './order-work.tsx'
import { RequestWork } from './request-work.tsx'
import { SupplierReturnWork } from './return-work.tsx'
import { ScanSource } from './scans.ts'
import { ExpiringWork, LabelWork } from './shelf-work.tsx'
import { TodayWork, type WorkName } from './today-work.tsx'

type BackRoomProps = { state: RegisterState; link: RegisterLink }

type Needed = (state: RegisterState) => boolean
const needs =
  (feature: Feature): Needed =>
  (state) =>
    isOn(state, feature)
const ALWAYS: Needed[] = [() => true]
/** A work is left out where none of its features is in use. */
const NEEDED: Partial<Record<WorkName, Needed[]>> = {
  orders: [needs('receive_goods'), needs('move_transfer')],
  count: [needs('count_stock')],
  correction: [needs('adjust_stock')],
  supplier_return: [needs('return_goods')],
  request: [needs('request_stock')],
}

export function BackRoom({ state, link }: BackRoomProps) {
  const { t } = useTexts()
  const [work, setWork] = useState<WorkName>('today')
  const works: Record<WorkName, React.ReactNode> = {
    today: <TodayWork onOpen={setWork} />,
    orders: <OrderWork store={state.store} />,
    count: <CountWork />,
    correction: <CorrectionWork />,
    supplier_return: <SupplierReturnWork />,
    request: <RequestWork />,
    expiring: <ExpiringWork />,
    labels: <LabelWork />,
  }
  const tabs = Object.entries(works)
    .filter(([key]) => (NEEDED[key as WorkName] ?? ALWAYS).some((one) => one(state)))
    .map(([key, children]) => ({
      key,
      label: t(`back_room.tab.${key as WorkName}`),
      children,
    }))
  return (
    <ScanSource value={link}>
      <Tabs
        items={tabs}
        activeKey={work}
        onChange={(key) => setWork(key as WorkName)}
        destroyOnHidden
      />
    </ScanSource>
  )
}

type BackRoomDialogProps = BackRoomProps & { onClose: () => void }

export function BackRoomDialog({ state, link, onClose }: BackRoomDialogProps) {
  const { t } = useTexts()
  return (
    <Modal
      open
      centered
      width={980}
      className="back-room-dialog"
      title={t('back_room.title')}
      footer={null}
      onCancel={onClose}
    >
      <BackRoom state={state} link={link} />
    </Modal>
  )
}

type BackRoomPageProps = BackRoomProps & { view: View }

/** The whole screen, for a phone or a tablet between the shelves. */
export function BackRoomPage({ state, link, view }: BackRoomPageProps) {
  return (
    <div className="back-room-page">
      <TillHeader state={state} link={view.link} />
      <main className="panel">
        <BackRoom state={state} link={link} />
      </main>
    </div>
  )
}
