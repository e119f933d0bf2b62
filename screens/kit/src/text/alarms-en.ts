// What the console says of alarms, in English; alarms-zh.ts is its twin.

import type { alarmsZh } from './alarms-zh.ts'

export const alarmsEn: Record<keyof typeof alarmsZh, string> = {
  'alarm.title': 'Alarms',
  'alarm.more': '{total} in all, the first {shown} are shown',
  'alarm.kept': 'only here: {count}',
  'alarm.lacked': 'only in the store: {count}',
  'alarm.times': '{count} times',
  'alarm.first_fact': 'from this fact on',
  'alarm.machines': 'Machines that spoke',
  'alarm.machine': '{boot_id}: up to fact {seq}',
  'alarm.day': 'business day {date}',
  'alarm.box': 'box {box_id} · epoch {epoch}',
  'alarm.history_forked': 'Two histories of one box',
  'alarm.history_forked_act':
    'The box was restored, or is one of two. IT runs hq-hub new-epoch --store {store}.',
  'alarm.box_cloned': 'Two machines speak as one box',
  'alarm.box_cloned_act':
    'Switch one off; then IT runs hq-hub new-epoch --store {store} --boot with the id of the other.',
  'alarm.epoch_ahead': 'The box lives in an epoch unknown here',
  'alarm.epoch_ahead_act':
    'Headquarters was restored to before it. IT runs hq-hub new-epoch --store {store}.',
  'alarm.epoch_behind': 'The box speaks in a closed epoch',
  'alarm.epoch_behind_act':
    'It was restored, or a fenced copy still runs. Switch the copy off, or IT runs hq-hub new-epoch --store {store} --boot with an id.',
  'alarm.generation_ahead': 'The box knows a later headquarters',
  'alarm.generation_ahead_act':
    'An old database was put back. IT stops the hub and runs hq-hub new-generation.',
  'alarm.box_replaced': 'The replaced box had facts that never came',
  'alarm.box_replaced_act':
    'Key in the receipts; then IT runs hq-hub alarms --store {store} --close box_replaced.',
  'alarm.day_incomplete': 'Day closed, facts still missing',
  'alarm.day_incomplete_act':
    'The store sends them as soon as its line is back; if not, look at its box and its line.',
}
