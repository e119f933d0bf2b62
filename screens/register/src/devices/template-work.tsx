// The label templates that the store may use, as they come out of a printer, and a print to try one.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { LabelTemplate, Refusal } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useState } from 'react'
import { RefusalLine, useAsked, useWrite } from '../back-room/parts.tsx'
import { fetchPicture, registerPath } from '../store-api.ts'

const UM_A_MM = 1_000

type TemplateProps = { template: LabelTemplate; itemId: number }

/** The dots of a label of the store's first quick key. */
function usePreview({ template, itemId }: TemplateProps) {
  const [picture, setPicture] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const { template_id } = template
  useEffect(() => {
    const wish = { template_id, labels: [{ item_id: itemId }] }
    fetchPicture(registerPath('labels/preview'), wish).then(setPicture, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
    })
  }, [template_id, itemId])
  return { picture, refusal }
}

function Template({ template, itemId }: TemplateProps) {
  const { t, nameOf } = useTexts()
  const { picture, refusal } = usePreview({ template, itemId })
  const { write, refusal: refused, isAsking } = useWrite()
  const labels = [{ item_id: itemId, copies: 1 }]
  const print = () =>
    void write(
      registerPath('labels'),
      { template_id: template.template_id, labels },
      () => undefined,
    )
  const size = `${template.width_um / UM_A_MM} × ${template.height_um / UM_A_MM} mm`
  return (
    <section role="listitem">
      <b>{nameOf(template)}</b>
      <small>
        {template.template_id} · {size}
      </small>
      {picture ? <img src={picture} alt={nameOf(template)} /> : null}
      <RefusalLine refusal={refusal ?? refused} />
      <Button loading={isAsking} onClick={print}>
        {t('templates.try')}
      </Button>
    </section>
  )
}

export function TemplateWork({ itemId }: { itemId: number | null }) {
  const { t } = useTexts()
  const { answer, refusal } = useAsked<LabelTemplate[]>(registerPath('label-templates'))
  if (refusal) return <RefusalLine refusal={refusal} />
  if (!answer) return <p aria-busy>{t('app.loading')}</p>
  if (itemId === null) return <p className="quiet">{t('templates.no_item')}</p>
  return (
    <div className="plugged-list" role="list" aria-label={t('devices.tab.templates')}>
      {answer.map((template) => (
        <Template key={template.template_id} {...{ template, itemId }} />
      ))}
    </div>
  )
}
