// What the register's scale shows, large enough for the customer to read along, and what it can be told.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { RegisterState, Refusal, Weight } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { newId } from 'kit/ids.ts'
import { useTexts } from 'kit/preferences.tsx'
import { memo } from 'react'
import { askStore, registerPath } from './store-api.ts'

/** The states whose weight may be sold by, or says that nothing lies there. */
const STEADY = ['stable', 'zero']
/** A thousandth of a kilogram is a gram. */
const MG_A_MILLI = 1_000
const COMMANDS = ['zero', 'tare', 'clear_tare'] as const
type ScaleCommand = (typeof COMMANDS)[number]

/** The commands that the register's scale understands, in the order of its buttons. */
export function scaleCommands({ status, register_no }: RegisterState): ScaleCommand[] {
  const scale = status.devices.find(
    (device) => device.role === 'scale' && device.register_no === register_no,
  )
  return COMMANDS.filter((command) => scale?.capabilities.includes(command))
}

/** Whether the scale did it is seen by its weight; that it could not be told is said. */
async function order(command: ScaleCommand, tell: (refusal: Refusal) => void): Promise<void> {
  const headers = { 'idempotency-key': newId() }
  try {
    await askStore(registerPath('scale-orders'), { method: 'POST', body: { command }, headers })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    tell(error.refusal)
  }
}

type ScaleDisplayProps = {
  weight: Weight
  commands: ScaleCommand[]
  tell: (refusal: Refusal) => void
}

export const ScaleDisplay = memo(function ScaleDisplay(props: ScaleDisplayProps) {
  const { weight, commands, tell } = props
  const { t } = useTexts()
  const { state, weight_mg: weightMg } = weight
  const isSteady = STEADY.includes(state)
  return (
    <div className="scale-panel">
      <div className="scale-commands" role="group" aria-label={t('scale.commands')}>
        {commands.map((command) => (
          <Button key={command} onClick={() => void order(command, tell)}>
            {t(`scale.${command}`)}
          </Button>
        ))}
      </div>
      <div
        className={isSteady ? 'scale steady' : 'scale'}
        role="status"
        aria-label={t('scale.label')}
      >
        <span>
          {t('scale.label')}
          {weight.is_net ? ` · ${t('scale.net')}` : ''}
        </span>
        <b className="number">
          {weightMg === null ? '—' : formatQuantity(Math.round(weightMg / MG_A_MILLI), 'kg')}
        </b>
        {isSteady ? null : <small>{t('scale.unsure', { state })}</small>}
      </div>
    </div>
  )
})
