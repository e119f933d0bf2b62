// The page before the pages: who you are, or a new password. One form, one refusal, one button.

import { Alert, Button } from 'antd'
import { ApiError } from 'kit/api-client.ts'
import type { Refusal, Session } from 'kit/api-types.ts'
import { useTexts } from 'kit/preferences.tsx'
import { useState, type FormEvent, type ReactNode } from 'react'
import { Mark } from './mark.tsx'

type GateFormProps = {
  /** Under the product's name. */
  slogan: string
  title: string
  submitText: string
  /** Asks the hub for what was typed. */
  ask: (fields: FormData) => Promise<Session>
  onDone: (session: Session) => void
  /** Behind the product's name. */
  picture?: ReactNode
  /** Above the form. */
  corner?: ReactNode
  /** Labels with their inputs. */
  children: ReactNode
}

function useAsking({ ask, onDone }: Pick<GateFormProps, 'ask' | 'onDone'>) {
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isAsking, setAsking] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setAsking(true)
    setRefusal(null)
    try {
      onDone(await ask(fields))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setAsking(false)
      setRefusal(error.refusal)
    }
  }
  return { refusal, isAsking, submit }
}

export function GateForm(props: GateFormProps) {
  const { t, detailOf } = useTexts()
  const { refusal, isAsking, submit } = useAsking(props)
  return (
    <main className="sign-in">
      <section className="sign-in-brand">
        {props.picture}
        <Mark sizePx={56} />
        <h1>{t('sign_in.product')}</h1>
        <p>{props.slogan}</p>
      </section>
      <section className="sign-in-form">
        {props.corner}
        <form onSubmit={(event) => void submit(event)}>
          <h2>{props.title}</h2>
          {refusal ? <Alert type="error" showIcon title={detailOf(refusal)} /> : null}
          {props.children}
          <Button type="primary" block size="large" htmlType="submit" loading={isAsking}>
            {props.submitText}
          </Button>
        </form>
      </section>
    </main>
  )
}
