"""Rules that only the box knows."""

from __future__ import annotations

from retail_domain.errors import RetailError


class WrongTokenError(RetailError):
    """The screen or machine is not enrolled for the register."""

    code = "wrong_token"
    en = "This screen is not enrolled for register {register_no}. Ask IT for its link."
    zh = "本屏幕没有登记到 {register_no} 号收银台。请向 IT 索取登记链接。"


class UnboundDeviceError(RetailError):
    """A device reads, but nobody said for which register."""

    code = "unbound_device"
    en = "Device {device_id} is not bound to a register."
    zh = "设备 {device_id} 还没有绑定收银台。"


class UnknownRoleError(RetailError):
    """What a device is for is nothing that a register has."""

    code = "unknown_role"
    en = "{device_id} can't be a {role}; a device is one of {choices}."
    zh = "{device_id} 不能用作 {role}，可选用途：{choices}。"


class ScanLostError(RetailError):
    """A code was read and did not become a line."""

    code = "scan_lost"
    en = "A scan of {device_id} was lost. Scan the item again."
    zh = "扫描器 {device_id} 有一次扫描丢失，请重新扫描该商品。"


class WeightNotStableError(RetailError):
    """A weighed item, and a scale that is not sure."""

    code = "weight_not_stable"
    en = "The scale shows no steady weight ({state}). Wait a moment and scan again."
    zh = "秤的读数还不稳定（{state}）。请稍候再扫。"


class ScaleAwayError(RetailError):
    """A weighed item, and no scale to say how much."""

    code = "scale_away"
    en = "The scale does not answer. Choose {name} by name and enter its weight."
    zh = "秤没有响应。请按名称选择“{name}”并录入重量。"


class PanEmptyError(RetailError):
    """A weighed item, and nothing on the scale."""

    code = "pan_empty"
    en = "Nothing lies on the scale. Put the goods on it, then scan or choose the item."
    zh = "秤上没有商品。请放上商品后再扫码或选择。"


class WeightUsedError(RetailError):
    """Goods that lie on the scale were sold already."""

    code = "weight_used"
    en = "The {weight_g} g on the scale are on the ticket already. Take them off first."
    zh = "秤上的 {weight_g} 克已经记入小票。请先取下商品。"


class CodeKnownError(RetailError):
    """Goods were to be sold as unknown, and their code names an item."""

    code = "code_known"
    en = "The barcode {scanned_code} is of {names}. Scan it instead of typing a price."
    zh = "条码 {scanned_code} 是 {names}。请直接扫码，不要手输价格。"


class TaxRateUnknownError(RetailError):
    """A tax rate that open items do not have."""

    code = "tax_rate_unknown"
    en = "There is no tax rate {tax_rate_id} for goods without an item. Choose one of the list."
    zh = "待建档商品没有税率 {tax_rate_id}，请从列表中选择。"


class ExpiredOnArrivalError(RetailError):
    """Goods that came are beyond their date, and were to be offered for sale."""

    code = "expired_on_arrival"
    en = "{name} expired on {expires_on}. Take it in as damaged or quarantine, or refuse it."
    zh = "{name} 已于 {expires_on} 过期。请按破损或待检收货，或者拒收。"


class LifeTooShortError(RetailError):
    """Goods came with too little of their life left, and were to be offered for sale."""

    code = "life_too_short"
    en = (
        "{name} has {days_left} of {shelf_life_days} days left, fewer than {percent} %."
        " Take it in as quarantine, or refuse it."
    )
    zh = (
        "{name} 保质期 {shelf_life_days} 天，只剩 {days_left} 天，不足 {percent}%。"
        "请按待检收货，或者拒收。"
    )


class NoPrinterError(RetailError):
    """A receipt is wanted, and nothing prints it."""

    code = "no_printer"
    en = "Register {register_no} has no printer. Ask IT to bind one."
    zh = "{register_no} 号收银台没有绑定打印机，请联系 IT。"


class NoScaleError(RetailError):
    """A scale is told something, and there is none."""

    code = "no_scale"
    en = "Register {register_no} has no scale. Ask IT to bind one."
    zh = "{register_no} 号收银台没有绑定电子秤，请联系 IT。"


class ScaleNotToldError(RetailError):
    """A scale did not take a command, or nobody knows."""

    code = "scale_not_told"
    en = "The scale may not have done it ({state}: {reason}). Look at its display."
    zh = "电子秤可能没有执行（{state}：{reason}）。请看秤的显示。"


class NotPrintedError(RetailError):
    """A job did not come out, or nobody knows."""

    code = "not_printed"
    en = (
        "{job} may not have been printed ({state}: {reason}). Look at the paper before you reprint."
    )
    zh = "{job} 可能没有打印（{state}：{reason}）。请先看纸，再决定是否补打。"


class BadRequestError(RetailError):
    """A request that no page of ours sends."""

    code = "bad_request"
    en = "The request cannot be read: {reason}."
    zh = "请求无法识别：{reason}。"


class RequestTooLargeError(RetailError):
    """A request that no page of ours sends."""

    code = "box_request_too_large"
    en = "The request is larger than {limit_bytes} bytes, or does not say how large it is."
    zh = "请求超过 {limit_bytes} 字节，或没有说明大小。"


class PhotoTooLargeError(RetailError):
    """A picture that was not made smaller before it was sent."""

    code = "photo_too_large"
    en = "The photo is larger than {limit_kb} KB, or does not say how large it is."
    zh = "照片超过 {limit_kb} KB，或没有说明大小。"


class NoPhotoError(RetailError):
    """A file of another kind."""

    code = "no_photo"
    en = "This is no JPEG or PNG picture. Take the photo again."
    zh = "这不是 JPEG 或 PNG 图片。请重新拍照。"


class PhotoMissingError(RetailError):
    """It was not sent, or is too old to be kept."""

    code = "photo_missing"
    en = "The box does not have this photo. Take it again, or go on without one."
    zh = "门店主机没有这张照片。请重新拍照，或不附照片。"


class NothingShippedError(RetailError):
    """A slip is wanted, and there is nothing to say on it."""

    code = "nothing_shipped"
    en = "Nothing left this store for transfer {transfer_no} yet."
    zh = "调拨单 {transfer_no} 还没有从本店发出任何商品。"


class SlipPartsError(RetailError):
    """A slip has several codes."""

    code = "slip_parts_missing"
    en = "{have} of the slip's {count} codes are scanned. Scan the others, too."
    zh = "随货单共 {count} 个码，已扫 {have} 个。请继续扫描其余的码。"


class SlipAlteredError(RetailError):
    """It is not what its store signed."""

    code = "slip_altered"
    en = (
        "This is no transfer slip of the chain, or it was altered."
        " Receive by the order, or ask the store that sent the goods."
    )
    zh = "这不是本连锁的随货单，或内容被改动。请按调拨单收货，或联系发货门店。"


class SlipForOtherStoreError(RetailError):
    """The goods are at the wrong door."""

    code = "slip_for_other_store"
    en = "Transfer {transfer_no} goes to store {store}."
    zh = "调拨单 {transfer_no} 应送到门店 {store}。"


class SlipDoneError(RetailError):
    """Scanned once more after the goods were taken in."""

    code = "slip_done"
    en = "All of transfer {transfer_no} was received already."
    zh = "调拨单 {transfer_no} 已全部收货。"


class NoSlipsHereError(RetailError):
    """Practice reaches no other store."""

    code = "no_slips_here"
    en = "Transfer slips are neither printed nor taken while practising."
    zh = "训练模式下不打印也不接收随货单。"


class PortInUseError(RetailError):
    """Another program has the port."""

    code = "port_in_use"
    en = "{host}:{port} is in use by another program. Stop it, or set another port."
    zh = "{host}:{port} 已被其他程序占用。请先停掉它，或改用别的端口。"


class InsecureAddressError(RetailError):
    """Plain HTTP beyond this machine."""

    code = "insecure_address"
    en = "{host} is reachable from other machines: set tls_certificate and tls_key, or 127.0.0.1."
    zh = "{host} 可从其他机器访问：请配置 tls_certificate 和 tls_key，或改用 127.0.0.1。"


class ClaimCodeUnreadableError(RetailError):
    """Not what headquarters printed."""

    code = "claim_code_unreadable"
    en = "This is not a claim code. It looks like 7-4G3K-0M9T-Z2QX-81VB; type it again."
    zh = "这不是登记码。登记码形如 7-4G3K-0M9T-Z2QX-81VB，请重新输入。"


class AlreadyEnrolledError(RetailError):
    """A box keeps its identity for life; another one begins with an empty folder."""

    code = "already_enrolled"
    en = "This box is {box_id} of store {store} already. A new identity needs a new data folder."
    zh = "本机已是门店 {store} 的主机 {box_id}。新的身份需要新的数据目录。"


class HubUnreachableError(RetailError):
    """Nobody answers where headquarters should be."""

    code = "hub_unreachable"
    en = "Headquarters does not answer at {hub_url}: {reason}. Check the address and the line."
    zh = "无法连接总部 {hub_url}：{reason}。请检查地址和网络。"


class EnrolmentRefusedError(RetailError):
    """Headquarters answered no, and said why."""

    code = "enrolment_refused"
    en = "Headquarters refused the claim code ({reason_code}). Ask there for another one."
    zh = "总部拒绝了该登记码（{reason_code}）。请总部另发一个。"


class HubNotProvedError(RetailError):
    """The answer does not come from the hub that made the code."""

    code = "hub_not_proved"
    en = "The answer of {hub_url} is not from the headquarters that made this claim code."
    zh = "{hub_url} 的应答不是来自发放此登记码的总部。"


class ShiftOpenError(RetailError):
    """The register has a shift already."""

    code = "shift_open"
    en = "Register {register_no} has an open shift of {staff_no}. Close it or hand it over first."
    zh = "{register_no} 号收银台还有 {staff_no} 的未结班次，请先交班。"


class NoShiftError(RetailError):
    """The register has no open shift."""

    code = "no_shift"
    en = "Register {register_no} has no open shift. Open one first."
    zh = "{register_no} 号收银台没有打开的班次，请先开班。"


class TicketOpenError(RetailError):
    """Goods are rung up and not paid for."""

    code = "ticket_open"
    en = "Register {register_no} has {lines} lines rung up. Take payment or void them first."
    zh = "{register_no} 号收银台还有 {lines} 行未结商品，请先收款或作废。"


class CountDiffersError(RetailError):
    """The counted pieces do not come to the counted amount."""

    code = "count_differs"
    en = "The pieces come to {pieces_fen} fen, {counted_fen} fen were entered."
    zh = "各面额合计 {pieces_fen} 分，与填写的 {counted_fen} 分不符。"


class DayOpenError(RetailError):
    """The store trades on a day already."""

    code = "day_open"
    en = "The day {business_date} is open. Close it first."
    zh = "营业日 {business_date} 还没有日结，请先日结。"


class DayClosedError(RetailError):
    """The day was closed; what comes now belongs to the next one."""

    code = "day_closed"
    en = "The day {business_date} is closed already. What is sold now belongs to a later day."
    zh = "营业日 {business_date} 已经日结，之后的业务计入下一营业日。"


class ShiftsStillOpenError(RetailError):
    """A day ends after its shifts."""

    code = "shifts_still_open"
    en = "Registers {register_nos} have open shifts. Close them before the day."
    zh = "{register_nos} 号收银台还有未结班次，请先交班再日结。"


class CountNotFoundError(RetailError):
    """No such count is going on."""

    code = "count_not_found"
    en = "This count is closed or was never begun."
    zh = "该盘点已经结束，或从未开始。"


class NothingCountedError(RetailError):
    """A count without lines."""

    code = "nothing_counted"
    en = "Nothing was counted. What is not counted is not zero: count it, or give the count up."
    zh = "没有任何盘点记录。未盘的商品不会当作零：请盘点，或放弃本次盘点。"


class BoxRunningError(RetailError):
    """One process writes a box's history."""

    code = "box_running"
    en = "A box is running on {path}. Stop it first."
    zh = "{path} 的门店主机程序正在运行。请先停止它。"


class BackupForeignError(RetailError):
    """Two boxes with one history are a clone."""

    code = "backup_foreign"
    en = "{path} is a backup of box {box_id} of store {store}, not of this one."
    zh = "{path} 是门店 {store} 主机 {box_id} 的备份，不属于本机。"


class CarriedFileError(RetailError):
    """Half a file would be half of the sales."""

    code = "carried_file"
    en = "{path} is no whole file of facts: {reason}. Nothing was taken from it."
    zh = "{path} 不是完整的流水文件：{reason}。没有导入任何内容。"


class CarriedForeignError(RetailError):
    """Facts belong to the store in which they happened."""

    code = "carried_foreign"
    en = "{path} holds facts of store {store}, not of this one."
    zh = "{path} 是门店 {store} 的流水，不属于本店。"


class SignInNeededError(RetailError):
    """Nobody is at the register, or the page speaks for somebody else."""

    code = "sign_in_needed"
    en = "Nobody is signed in at register {register_no} on this screen. Sign in with PIN or card."
    zh = "{register_no} 号收银台的本屏幕无人登录。请用 PIN 或工卡登录。"


class WrongPinError(RetailError):
    """Unknown number or wrong PIN; which one is not told."""

    code = "wrong_pin"
    en = "The staff number or the PIN is wrong."
    zh = "工号或 PIN 错误。"


class UnknownCardError(RetailError):
    """No card of this store's people."""

    code = "unknown_card"
    en = "This card belongs to nobody who works at this store."
    zh = "此卡不属于本店人员。"


class SignInLockedError(RetailError):
    """Somebody is guessing, or forgot."""

    code = "sign_in_locked"
    en = "Too many wrong PINs in a row. Try again in {wait_s} seconds, or use the card."
    zh = "PIN 连续错误次数过多，请 {wait_s} 秒后再试，或使用工卡。"


class PersonExpiredError(RetailError):
    """The last day has passed."""

    code = "person_expired"
    en = "{staff_no} could sign in until {valid_until}. Ask headquarters to extend it."
    zh = "{staff_no} 的有效期到 {valid_until} 为止。请总部延期。"


class LeaseExpiredError(RetailError):
    """Headquarters was silent for too long to trust what the list says of this role."""

    code = "lease_expired"
    en = "Headquarters was not heard for {days} days: role {role_id} may only sell until it is."
    zh = "已超过 {days} 天未联系上总部：恢复联系前，角色 {role_id} 只能收银。"


class ApprovalNeededError(RetailError):
    """Somebody else has to let it happen; the values are the right, the cause and the amounts.

    Screens have words for them, and say them beside the sentence.
    """

    code = "approval_needed"
    en = "This needs somebody who may allow it, here, by card or PIN."
    zh = "这项操作需要有权限的人在此刷卡或输入 PIN。"


class HeldTicketGoneError(RetailError):
    """Two registers wanted the same held ticket."""

    code = "held_ticket_gone"
    en = "This held ticket was taken up at another register, or never was."
    zh = "该挂单已被其他收银台取走，或不存在。"


class HeldTicketsFullError(RetailError):
    """Nobody comes back for so many."""

    code = "held_tickets_full"
    en = "{limit} tickets are held already. Take some up and void what nobody comes back for."
    zh = "已有 {limit} 张挂单。请先取单，并作废无人认领的挂单。"


class HeldTicketsLeftError(RetailError):
    """A day ends with nothing rung up and unpaid."""

    code = "held_tickets_left"
    en = "{count} tickets are still held. Take them up and finish or void them before the close."
    zh = "还有 {count} 张挂单。请先取单，结账或作废后再日结。"


class ApprovalMissingError(RetailError):
    """None was given, or for something else."""

    code = "approval_missing"
    en = "There is no approval for this {right}. Ask for one again."
    zh = "没有针对本次 {right} 的授权，请重新申请。"


class OtherSiteError(RetailError):
    """A page of another site sends a write with this register's session."""

    code = "box_other_site"
    en = "This request comes from another site. Use the register's own page."
    zh = "该请求来自其他网站。请使用收银台页面。"


class UnknownTemplateError(RetailError):
    """No label template of this name."""

    code = "unknown_template"
    en = "There is no label template {template_id} here."
    zh = "没有标签模板 {template_id}。"


class NoLabelsError(RetailError):
    """A print job of nothing."""

    code = "no_labels"
    en = "There is no label to print. Choose items and how many of each."
    zh = "没有要打印的标签，请选择商品和数量。"


class TooManyLabelsError(RetailError):
    """More than a roll of labels."""

    code = "too_many_labels"
    en = "{count} labels are more than {limit}. Print them in several jobs."
    zh = "共 {count} 张标签，超过 {limit} 张，请分批打印。"


class LabelTextTooLongError(RetailError):
    """A text has no room on its label at the smallest size that the template allows."""

    code = "label_text_too_long"
    en = "The label's field {element} has no room for: {text}."
    zh = "标签的 {element} 放不下：{text}。"


class LabelCharacterError(RetailError):
    """An emoji or a control character on a label."""

    code = "label_character"
    en = "The label's field {element} has a character that can't be printed: {text}."
    zh = "标签的 {element} 含有无法打印的字符：{text}。"


class LabelCodeDataError(RetailError):
    """The item's code isn't one."""

    code = "label_code_data"
    en = "The label's field {element} can't be printed as its bar code: {text}."
    zh = "标签的 {element} 不能生成条码：{text}。"


class LabelCodeTooLargeError(RetailError):
    """More bars than the label is wide."""

    code = "label_code_too_large"
    en = "The label's field {element} is too small for the bar code of: {text}."
    zh = "标签的 {element} 太小，放不下条码：{text}。"
