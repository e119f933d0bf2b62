// Who are you? Nothing of the chain is shown before the hub knows.

import { Alert, Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, Session } from 'kit/api-types.ts'
import { PreferenceSwitches } from 'kit/preference-switches.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent } from 'react'
import { signIn } from './hub.tsx'
import { Mark } from './mark.tsx'

function Flow() {
  return (
    <svg
      className="sign-in-flow"
      viewBox="0 0 600 768"
      preserveAspectRatio="xMidYMax slice"
      aria-hidden
    >
      {[0, 1, 2, 3, 4, 5, 6].map((line) => (
        <path
          key={line}
          d={`M-20 ${470 + line * 46}C220 ${470 + line * 46} 260 640 640 ${628 + line * 7}`}
          fill="none"
          stroke="#4d9bff"
          strokeOpacity={0.5 - line * 0.055}
          strokeWidth="2.5"
        />
      ))}
    </svg>
  )
}

type SignInPageProps = { onSignedIn: (session: Session) => void }

function useSignIn(onSignedIn: SignInPageProps['onSignedIn']) {
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isAsking, setAsking] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setAsking(true)
    setRefusal(null)
    try {
      onSignedIn(await signIn(String(fields.get('user_name')), String(fields.get('password'))))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setAsking(false)
      setRefusal(error.refusal)
    }
  }
  return { refusal, isAsking, submit }
}

export function SignInPage({ onSignedIn }: SignInPageProps) {
  const { t, detailOf } = useTexts()
  const { refusal, isAsking, submit } = useSignIn(onSignedIn)
  return (
    <main className="sign-in">
      <section className="sign-in-brand">
        <Flow />
        <Mark sizePx={56} />
        <h1>{t('sign_in.product')}</h1>
        <p>{t('sign_in.slogan')}</p>
      </section>
      <section className="sign-in-form">
        <div className="sign-in-switches">
          <PreferenceSwitches />
        </div>
        <form onSubmit={(event) => void submit(event)}>
          <h2>{t('sign_in.title')}</h2>
          {refusal ? <Alert type="error" showIcon title={detailOf(refusal)} /> : null}
          <label>
            {t('sign_in.user_name')}
            <input name="user_name" required autoFocus autoComplete="username" />
          </label>
          <label>
            {t('sign_in.password')}
            <input name="password" type="password" required autoComplete="current-password" />
          </label>
          <Button type="primary" block size="large" htmlType="submit" loading={isAsking}>
            {t('sign_in.submit')}
          </Button>
        </form>
      </section>
    </main>
  )
}
