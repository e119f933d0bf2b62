// What the register's scale shows, large enough for the customer to read along.

import type { Weight } from 'kit/api-types.ts'
import { formatQuantity } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { memo } from 'react'

/** The states whose weight may be sold by, or says that nothing lies there. */
const STEADY = ['stable', 'zero']
/** A thousandth of a kilogram is a gram. */
const MG_A_MILLI = 1_000

export const ScaleDisplay = memo(function ScaleDisplay({ weight }: { weight: Weight }) {
  const { t } = useTexts()
  const { state, weight_mg: weightMg } = weight
  const isSteady = STEADY.includes(state)
  return (
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
  )
})
