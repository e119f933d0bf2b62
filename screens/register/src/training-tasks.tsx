// What a new cashier does next, on the real screen; progress is kept on this machine, by person.

import { useTexts } from 'kit/preferences.tsx'
import { useEffect, useState } from 'react'
import type { RegisterLink } from './register-link.ts'
import { nextTask, taskOf, TASKS, type Task } from './training.ts'

function storageKey(staffNo: string): string {
  return `liushui.training.${staffNo}`
}

function loadDone(staffNo: string): Task[] {
  const kept = JSON.parse(localStorage.getItem(storageKey(staffNo)) ?? '[]') as string[]
  return TASKS.filter((task) => kept.includes(task))
}

type TrainingTasksProps = { link: RegisterLink; staffNo: string }

export function TrainingTasks({ link, staffNo }: TrainingTasksProps) {
  const { t } = useTexts()
  const [done, setDone] = useState(() => loadDone(staffNo))
  useEffect(
    () =>
      link.watchDone((command) => {
        const task = taskOf(command)
        if (!task) return
        setDone((before) => {
          const after = before.includes(task) ? before : [...before, task]
          localStorage.setItem(storageKey(staffNo), JSON.stringify(after))
          return after
        })
      }),
    [link, staffNo],
  )
  const next = nextTask(done)
  return (
    <div className="training-tasks" role="status" aria-label={t('training.tasks')}>
      <span>{t('training.progress', { done: done.length, count: TASKS.length })}</span>
      <span>{next ? t(`training.task.${next}`) : t('training.all_done')}</span>
    </div>
  )
}
