// Transfers that do not come to their end by themselves: what is wrong, since when, and who can act.

import { WarningFilled } from '@ant-design/icons'
import { Age } from 'kit/ages.tsx'
import type { Discrepancy } from 'kit/api-types.ts'
import { formatFen, formatMilli } from 'kit/format.ts'
import { useTexts } from 'kit/preferences.tsx'
import { setFilters } from '../route.ts'
import { useStoreNames } from '../store-parts.tsx'

function Quantities({ found }: { found: Discrepancy }) {
  const { t } = useTexts()
  return (
    <span className="discrepancy-figures">
      {found.missing_milli > 0
        ? t('discrepancy.missing', { quantity: formatMilli(found.missing_milli) })
        : null}{' '}
      {found.surplus_milli > 0
        ? t('discrepancy.surplus', { quantity: formatMilli(found.surplus_milli) })
        : null}{' '}
      {found.value_fen ? formatFen(found.value_fen) : null}
    </span>
  )
}

function DiscrepancyItem({ found }: { found: Discrepancy }) {
  const { t } = useTexts()
  const storeName = useStoreNames()
  const { transfer_no, source_store, target_store } = found.transfer
  const stores = { source: storeName(source_store), target: storeName(target_store) }
  return (
    <li className={`discrepancy discrepancy-${found.kind}`}>
      <button type="button" className="link" onClick={() => setFilters({ transfer: transfer_no })}>
        {transfer_no}
      </button>
      <b>{t(`discrepancy.${found.kind}`)}</b>
      <span>
        {stores.source} → {stores.target}
      </span>
      <Quantities found={found} />
      <span className="quiet">{found.since ? <Age instant={found.since} /> : null}</span>
      <span className="discrepancy-act">{t(`discrepancy.${found.kind}_act`, stores)}</span>
    </li>
  )
}

export function Discrepancies({ found }: { found: Discrepancy[] }) {
  const { t } = useTexts()
  if (found.length === 0) return null
  return (
    <section className="card discrepancies" aria-label={t('discrepancy.title')}>
      <h2>
        <WarningFilled /> {t('discrepancy.title')} <small>{found.length}</small>
      </h2>
      <ul>
        {found.map((one) => (
          <DiscrepancyItem key={one.transfer.transfer_no} found={one} />
        ))}
      </ul>
    </section>
  )
}
