// Who is at the till? A number and a PIN, or a card read into the first field.

import { Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, RegisterState } from 'kit/api-types.ts'
import { PreferenceSwitches } from 'kit/preference-switches.tsx'
import { useTexts } from 'kit/preferences.tsx'
import { useRef, useState, type FormEvent } from 'react'
import { readProof, signIn } from './sign-in.ts'

function useSignIn() {
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isAsking, setAsking] = useState(false)
  const pin = useRef<HTMLInputElement>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const proof = readProof(form)
    if (proof === null) return pin.current?.focus()
    setAsking(true)
    setRefusal(null)
    try {
      await signIn(proof)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setRefusal(error.refusal)
      form.reset()
      form.querySelector('input')?.focus()
    } finally {
      setAsking(false)
    }
  }
  return { refusal, isAsking, submit, pin }
}

export function SignInPage({ state }: { state: RegisterState }) {
  const { t, nameOf, detailOf } = useTexts()
  const { refusal, isAsking, submit, pin } = useSignIn()
  const storeName = nameOf({ name: state.store_name, name_en: state.store_name_en })
  return (
    <main className="whole-page">
      <form className="panel binding" onSubmit={(event) => void submit(event)}>
        <div className="spread">
          <h1>
            {storeName} · {t('register.no', { register_no: state.register_no })}
          </h1>
          <span className="switches">
            <PreferenceSwitches />
          </span>
        </div>
        {refusal ? (
          <div className="binding-refusal" role="alert">
            <span>{detailOf(refusal)}</span>
          </div>
        ) : null}
        <label>
          {t('sign_in.number_or_card')}
          <input name="number" required autoFocus autoComplete="off" />
        </label>
        <label>
          {t('sign_in.pin')}
          <input name="pin" ref={pin} type="password" inputMode="numeric" autoComplete="off" />
        </label>
        <Button type="primary" block htmlType="submit" className="confirm" loading={isAsking}>
          {t('sign_in.submit')}
        </Button>
      </form>
    </main>
  )
}
