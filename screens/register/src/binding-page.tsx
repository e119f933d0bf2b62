// Shown when this machine does not know which register it is, or the box does not believe it.

import { Button } from 'antd'
import type { Refusal } from 'kit/api-types.ts'
import { PreferenceSwitches } from 'kit/preference-switches.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent } from 'react'
import type { Credentials } from './register-link.ts'

type BindingPageProps = {
  refusal: Refusal | null
  known: Credentials | null
  onBind: (credentials: Credentials) => void
}

const UNBOUND: Credentials = { register_no: '', token: '' }

export function BindingPage({ refusal, known, onBind }: BindingPageProps) {
  const { t, detailOf } = useTexts()
  const [typed, setTyped] = useState(known ?? UNBOUND)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onBind({ register_no: typed.register_no.trim(), token: typed.token.trim() })
  }
  return (
    <main className="whole-page">
      <form className="panel binding" onSubmit={submit}>
        <div className="spread">
          <h1>{t('binding.title')}</h1>
          <span className="switches">
            <PreferenceSwitches />
          </span>
        </div>
        <p className="quiet">{t('binding.help')}</p>
        {refusal ? (
          <div className="binding-refusal" role="alert">
            <b>{t('binding.refused')}</b>
            <span>{detailOf(refusal)}</span>
          </div>
        ) : null}
        <label>
          {t('binding.register_no')}
          <input
            required
            inputMode="numeric"
            autoComplete="off"
            value={typed.register_no}
            onChange={(event) => setTyped({ ...typed, register_no: event.target.value })}
          />
        </label>
        <label>
          {t('binding.token')}
          <input
            required
            type="password"
            autoComplete="off"
            value={typed.token}
            onChange={(event) => setTyped({ ...typed, token: event.target.value })}
          />
        </label>
        <Button type="primary" block htmlType="submit" className="confirm">
          {t('binding.submit')}
        </Button>
      </form>
    </main>
  )
}
