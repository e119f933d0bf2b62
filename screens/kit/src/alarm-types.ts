// What the hub answers about alarms.

/** Numbers that a kind does not have are 0, texts empty. */
export type AlarmRow = {
  /** Of the hub's alarms, day_incomplete, or transfer_ and a discrepancy. */
  kind: string
  store: string
  target_store: string
  document_no: string
  business_date: string | null
  box_id: string
  epoch: number
  /** The first fact in question; 0 for none. */
  first_seq: number
  kept_facts: number
  box_facts: number
  missing_milli: number
  surplus_milli: number
  times: number
  since: string | null
  last_at: string | null
  machines: { boot_id: string; tail_seq: number; heard_at: string }[]
}
