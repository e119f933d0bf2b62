// A password that somebody else set is changed before anything is shown.

import { Alert, Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, Session } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent } from 'react'
import { changePassword } from './hub.tsx'
import { Mark } from './mark.tsx'

type PasswordPageProps = { onChanged: (session: Session) => void }

function useChange(onChanged: PasswordPageProps['onChanged']) {
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isAsking, setAsking] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setAsking(true)
    setRefusal(null)
    try {
      onChanged(await changePassword(String(fields.get('old')), String(fields.get('new'))))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setAsking(false)
      setRefusal(error.refusal)
    }
  }
  return { refusal, isAsking, submit }
}

export function PasswordPage({ onChanged }: PasswordPageProps) {
  const { t, detailOf } = useTexts()
  const { refusal, isAsking, submit } = useChange(onChanged)
  return (
    <main className="sign-in">
      <section className="sign-in-brand">
        <Mark sizePx={56} />
        <h1>{t('sign_in.product')}</h1>
        <p>{t('password.why')}</p>
      </section>
      <section className="sign-in-form">
        <form onSubmit={(event) => void submit(event)}>
          <h2>{t('password.title')}</h2>
          {refusal ? <Alert type="error" showIcon title={detailOf(refusal)} /> : null}
          <label>
            {t('password.old')}
            <input name="old" type="password" required autoFocus autoComplete="current-password" />
          </label>
          <label>
            {t('password.new')}
            <input name="new" type="password" required minLength={10} autoComplete="new-password" />
          </label>
          <Button type="primary" block size="large" htmlType="submit" loading={isAsking}>
            {t('password.submit')}
          </Button>
        </form>
      </section>
    </main>
  )
}
