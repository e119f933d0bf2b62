// What the console says of alarms, in Chinese; alarms-en.ts is its twin.

export const alarmsZh = {
  'alarm.title': '告警',
  'alarm.more': '共 {total} 条，显示前 {shown} 条',
  'alarm.kept': '只在总部 {count} 条',
  'alarm.lacked': '只在门店 {count} 条',
  'alarm.times': '共 {count} 次',
  'alarm.first_fact': '从这条起',
  'alarm.machines': '上线的机器',
  'alarm.machine': '{boot_id}：到第 {seq} 条',
  'alarm.day': '营业日 {date}',
  'alarm.box': '主机 {box_id} · 纪元 {epoch}',
  'alarm.history_forked': '流水分叉',
  'alarm.history_forked_act':
    '主机是从备份恢复的，或者有两台。请 IT 运行 hq-hub new-epoch --store {store}。',
  'alarm.box_cloned': '两台机器冒用同一主机',
  'alarm.box_cloned_act':
    '关掉其中一台，再由 IT 运行 hq-hub new-epoch --store {store} --boot 机器号。',
  'alarm.epoch_ahead': '主机的纪元总部不认识',
  'alarm.epoch_ahead_act': '总部恢复到了更早。请 IT 运行 hq-hub new-epoch --store {store}。',
  'alarm.epoch_behind': '主机还在已关闭的纪元',
  'alarm.epoch_behind_act':
    '主机恢复到了更早，或被停的副本还在运行。关掉副本，或由 IT 运行 hq-hub new-epoch --store {store} --boot 机器号。',
  'alarm.generation_ahead': '主机见过更新的总部',
  'alarm.generation_ahead_act': '放回了旧的总部数据库。请 IT 停机后运行 hq-hub new-generation。',
  'alarm.box_replaced': '换下的主机还有未上传的流水',
  'alarm.box_replaced_act':
    '按小票补录，再由 IT 运行 hq-hub alarms --store {store} --close box_replaced。',
  'alarm.day_incomplete': '已日结，流水未到齐',
  'alarm.day_incomplete_act': '门店联网后会自动补传；一直不到，请检查主机和线路。',
} as const
