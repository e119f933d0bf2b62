"""What headquarters refuses, and what a person can do about it."""

from __future__ import annotations

from retail_domain.errors import RetailError


class StoreNotFoundError(RetailError):
    """No such store in the chain."""

    code = "store_not_found"
    en = "There is no store {store}."
    zh = "没有门店 {store}。"


class FactNotFoundError(RetailError):
    """No such fact in the hub's journal."""

    code = "fact_not_found"
    en = "Headquarters keeps no fact {store}/{epoch}/{seq}."
    zh = "总部没有事实 {store}/{epoch}/{seq}。"


class PercentError(RetailError):
    """Not a part of a whole."""

    code = "percent"
    en = "{percent} is no percentage from 0 to 100."
    zh = "{percent} 不是 0 到 100 的百分比。"


class CertificateFileError(RetailError):
    """Not a file with a certificate."""

    code = "certificate_file"
    en = "{path} holds no certificate: {reason}."
    zh = "{path} 不是证书文件：{reason}。"


class TillCertificateNotFoundError(RetailError):
    """Nothing to take back."""

    code = "till_certificate_not_found"
    en = "No certificate was made for register {register_no} of store {store}. Name its file."
    zh = "门店 {store} 的 {register_no} 号收银台没有签发过证书。请指定证书文件。"


class StoreNumberError(RetailError):
    """A store number stands in topics, certificates and receipts."""

    code = "store_number"
    en = "{store} is no store number: use 1 to 16 letters, digits, - or _, and not HQ or hub."
    zh = "{store} 不能作门店编号：请用 1 到 16 个字母、数字、- 或 _，且不能是 HQ 或 hub。"


class StoreFixedError(RetailError):
    """Its goods and its box depend on it."""

    code = "store_fixed"
    en = "Store {store} was set up with legal entity and price zone {known}; they cannot change."
    zh = "门店 {store} 建档时的法人和价格区是 {known}，不能更改。"


class ItemNotFoundError(RetailError):
    """A document names an item that headquarters does not have."""

    code = "item_not_found"
    en = "Headquarters has no item {item_id}."
    zh = "总部没有编号为 {item_id} 的商品。"


class OrderTooLongError(RetailError):
    """More lines than one receipt can carry to the hub."""

    code = "order_too_long"
    en = "{document_no} has {lines} lines; an order holds {limit} at most. Split it."
    zh = "{document_no} 有 {lines} 行，一张单最多 {limit} 行。请拆单。"


class TransferEntitiesError(RetailError):
    """Between legal entities goods are sold, not moved."""

    code = "transfer_entities"
    en = "{source_store} and {target_store} belong to different legal entities; sell the goods."
    zh = "{source_store} 和 {target_store} 属于不同法人，不能调拨，请走销售。"


class SignInRefusedError(RetailError):
    """Unknown user or wrong password; which one is not told."""

    code = "sign_in_refused"
    en = "The user name or the password is wrong."
    zh = "用户名或密码错误。"


class TooManyTriesError(RetailError):
    """Somebody is guessing, or forgot."""

    code = "too_many_tries"
    en = "Too many wrong passwords. Try again in {wait_s} seconds."
    zh = "密码错误次数过多，请 {wait_s} 秒后再试。"


class SignedOutError(RetailError):
    """No session, or one that has ended."""

    code = "signed_out"
    en = "You are not signed in. Sign in and try again."
    zh = "尚未登录或登录已过期。请登录后重试。"


class RequestIdError(RetailError):
    """A write must be recognisable when it is sent again."""

    code = "request_id"
    en = "This request needs the header Idempotency-Key with a UUID of its own."
    zh = "此请求需要 Idempotency-Key 头，内容为单独的 UUID。"


class RequestReusedError(RetailError):
    """One key, two different requests: one of them would be lost."""

    code = "request_reused"
    en = "The Idempotency-Key {request_id} was used for another request. Take a new one."
    zh = "Idempotency-Key {request_id} 已用于另一个请求。请换一个新的。"


class InvalidRequestError(RetailError):
    """The request does not have the shape that the interface asks for."""

    code = "invalid_request"
    en = "The request is not understood: {problem}."
    zh = "无法理解该请求：{problem}。"


class NotFoundError(RetailError):
    """Nothing is at this address."""

    code = "not_found"
    en = "There is nothing at {path}."
    zh = "{path} 不存在。"


class PasswordTooShortError(RetailError):
    """A password that is guessed too soon."""

    code = "password_too_short"
    en = "The password needs at least {limit} characters."
    zh = "密码至少需要 {limit} 个字符。"


class UserNameError(RetailError):
    """A name that a person can type and a log can show."""

    code = "user_name"
    en = "{user_name} is no user name: use 1 to 32 small letters, digits, dots, - or _."
    zh = "{user_name} 不能作用户名：请用 1 到 32 个小写字母、数字、点、- 或 _。"


class HubExistsError(RetailError):
    """A second hub over the first one would lose it."""

    code = "hub_exists"
    en = "There is a hub in {folder} already. Choose another folder."
    zh = "{folder} 里已经有总部数据。请换一个文件夹。"


class PortInUseError(RetailError):
    """Another program listens there."""

    code = "hub_port_in_use"
    en = "{name} cannot listen on {address}: another program uses that port."
    zh = "{name} 无法监听 {address}：端口已被其他程序占用。"


class NeedsTlsError(RetailError):
    """Passwords do not cross a network in the clear."""

    code = "needs_tls"
    en = "{address} is not this machine alone: set http_certificate and http_key in hub.toml first."
    zh = "{address} 不限于本机访问：请先在 hub.toml 里设置 http_certificate 和 http_key。"


class StoreHasBoxError(RetailError):
    """A store has one box; another one replaces it, and that is said on purpose."""

    code = "store_has_box"
    en = "Store {store} has the box {box_id}. If it is gone, make a claim code that replaces it."
    zh = "门店 {store} 已有主机 {box_id}。若旧主机已不能用，请生成“替换”登记码。"


class BoxNotFoundError(RetailError):
    """Headquarters enrolled no such box."""

    code = "box_not_found"
    en = "Store {store} has no box {box_id}."
    zh = "门店 {store} 没有主机 {box_id}。"


class ClaimCodeWrongError(RetailError):
    """The code is not one of ours, or was mistyped."""

    code = "claim_code_wrong"
    en = "The claim code is wrong. Type it again, or ask headquarters for another one."
    zh = "登记码不正确。请重新输入，或请总部另发一个。"


class ClaimCodeExpiredError(RetailError):
    """The code is too old."""

    code = "claim_code_expired"
    en = "The claim code {claim_no} has expired. Ask headquarters for another one."
    zh = "登记码 {claim_no} 已过期。请总部另发一个。"


class ClaimCodeUsedError(RetailError):
    """Another box used the code."""

    code = "claim_code_used"
    en = "The claim code {claim_no} was used by another box. Ask headquarters for another one."
    zh = "登记码 {claim_no} 已被另一台主机使用。请总部另发一个。"


class CertificateRequestError(RetailError):
    """Not a certificate request that the hub can sign."""

    code = "certificate_request"
    en = "The certificate request cannot be used: {reason}."
    zh = "证书申请无法使用：{reason}。"


class RequestTooLargeError(RetailError):
    """More than any order needs."""

    code = "request_too_large"
    en = "The request is larger than {limit_bytes} bytes, or does not say how large it is."
    zh = "请求超过 {limit_bytes} 字节，或没有说明大小。"


class ListTooLongError(RetailError):
    """A file that no spreadsheet opens well."""

    code = "list_too_long"
    en = "The list has more than {limit} rows, which is what a file holds. Filter it first."
    zh = "列表超过 {limit} 行，一个文件放不下。请先筛选。"


class HubRunningError(RetailError):
    """Only one process serves a hub."""

    code = "hub_running"
    en = "A hub is running in {folder}. Stop it first."
    zh = "{folder} 里的总部程序正在运行。请先停止它。"


class BackupNeedsSqliteError(RetailError):
    """PostgreSQL is copied by its own tools."""

    code = "backup_needs_sqlite"
    en = "The hub's database is PostgreSQL: use pg_dump and pg_restore, then hq-hub new-generation."
    zh = "总部数据库是 PostgreSQL：请用 pg_dump 和 pg_restore，恢复后运行 hq-hub new-generation。"


class NoAlarmError(RetailError):
    """A history is only broken when it is broken already."""

    code = "no_alarm"
    en = "Store {store} has no such open alarm: see `hq-hub alarms`. Nothing was changed."
    zh = "门店 {store} 没有这样的未处理告警：请看 `hq-hub alarms`。未做任何更改。"


class BootNeededError(RetailError):
    """Two machines speak as one box; only a person can say which of them goes on."""

    code = "boot_needed"
    en = "Say with --boot which machine of store {store} goes on. These were heard: {boots}."
    zh = "请用 --boot 指定门店 {store} 由哪台机器继续。听到过的有：{boots}。"


class QuarantineContentError(RetailError):
    """A batch beyond the store's limit was counted, not kept."""

    code = "quarantine_content"
    en = "The content of {hash} of store {store} was not kept. Its box still has those facts."
    zh = "门店 {store} 的 {hash} 未保留内容。门店主机仍有这些流水。"


class BooksBehindError(RetailError):
    """Decisions are made on books that are up to date."""

    code = "books_behind"
    en = "The stores send faster than headquarters posts. Try again in a minute."
    zh = "门店数据正在大量上传，账还没记完。请一分钟后再试。"


class OwnFactNotFoundError(RetailError):
    """No such number in headquarters' journal."""

    code = "own_fact_not_found"
    en = "Headquarters' journal has no {fact_no}."
    zh = "总部流水里没有 {fact_no}。"


class NotReversibleError(RetailError):
    """Only some kinds are taken back, and only once."""

    code = "not_reversible"
    en = "{fact_no} is no landed cost, or was reversed already."
    zh = "{fact_no} 不是到货费用，或者已经冲销。"


class OrderOfOtherSupplierError(RetailError):
    """Somebody else was asked to deliver."""

    code = "order_of_other_supplier"
    en = "{purchase_order_no} was placed with supplier {known}, not with {supplier_no}."
    zh = "{purchase_order_no} 的供应商是 {known}，不是 {supplier_no}。"


class OrderOfOtherStoreError(RetailError):
    """Another store was to receive it."""

    code = "order_of_other_store"
    en = "{purchase_order_no} is an order of store {known}, not of {store}."
    zh = "{purchase_order_no} 是门店 {known} 的订单，不是 {store} 的。"


class OrderIsOpeningError(RetailError):
    """Opening stock was never bought on this order."""

    code = "order_is_opening"
    en = "{purchase_order_no} took in opening stock; nobody invoices it."
    zh = "{purchase_order_no} 是期初库存，没有供应商发票。"


class InvoiceExistsError(RetailError):
    """An invoice is paid once, so it is entered once."""

    code = "invoice_exists"
    en = "Invoice {invoice_no} of supplier {supplier_no} was entered already."
    zh = "供应商 {supplier_no} 的发票 {invoice_no} 已经录入。"


class InvoicedTooMuchError(RetailError):
    """More than came and is not invoiced yet."""

    code = "invoiced_too_much"
    en = (
        "{purchase_order_no}, item {item_id}: {quantity} invoiced, but {left} came and is not "
        "invoiced yet. Correct it, or say why."
    )
    zh = (
        "{purchase_order_no} 商品 {item_id}：发票数量 {quantity}，已收未开票只有 {left}。"
        "请更正，或填写原因。"
    )


class InvoiceNotFoundError(RetailError):
    """Nobody entered it."""

    code = "invoice_not_found"
    en = "There is no invoice {invoice_no} of supplier {supplier_no}."
    zh = "没有供应商 {supplier_no} 的发票 {invoice_no}。"


class InvoiceListedTwiceError(RetailError):
    """One payment pays an invoice once."""

    code = "invoice_listed_twice"
    en = "Invoice {invoice_no} is listed twice. Enter it once, with the whole amount."
    zh = "发票 {invoice_no} 出现了两次。请合并为一行，填写总金额。"


class PaidTooMuchError(RetailError):
    """More than is owed, or nothing."""

    code = "paid_too_much"
    en = "Invoice {invoice_no}: {amount_fen} fen cannot be paid, {open_fen} fen are open."
    zh = "发票 {invoice_no}：不能付 {amount_fen} 分，未付 {open_fen} 分。"


class NothingReceivedError(RetailError):
    """A later cost belongs to goods that came."""

    code = "nothing_received"
    en = "Nothing of {purchase_order_no} is here: no cost can go on it."
    zh = "{purchase_order_no} 没有到货，不能分摊费用。"


class ItemNotReceivedError(RetailError):
    """A part for goods that did not come."""

    code = "item_not_received"
    en = "Nothing of item {item_id} on {purchase_order_no} is here: no cost can go on it."
    zh = "{purchase_order_no} 的商品 {item_id} 没有到货，不能分摊费用。"


class LandedPartsError(RetailError):
    """By weight and by hand every part is said; by value and quantity none."""

    code = "landed_parts"
    en = "By weight and by hand, say the part of each item; by value and by quantity, say none."
    zh = "按重量或手工分摊时须填写各商品的份额；按金额或数量分摊时不要填写。"


class LandedPartError(RetailError):
    """Below zero, or against the sign of the whole."""

    code = "landed_part"
    en = "The part {part} of item {item_id} does not fit the whole of {amount_fen} fen."
    zh = "商品 {item_id} 的份额 {part} 与总额 {amount_fen} 分不符。"


class NotInTransitError(RetailError):
    """Only what is between the stores can be settled."""

    code = "not_in_transit"
    en = "{transfer_no}, item {item_id}: {quantity} cannot be settled, {left} is in transit."
    zh = "{transfer_no} 商品 {item_id}：不能结清 {quantity}，在途 {left}。"


class SettlementReasonError(RetailError):
    """The reason does not fit the goods, or who answers for them."""

    code = "settlement_reason"
    en = "{reason} does not fit: check the sign of the quantities and that {store} answers for it."
    zh = "原因 {reason} 不符：请检查数量的正负，以及是否应由 {store} 负责。"


class NotOpenItemError(RetailError):
    """Goods that have their item already, or a target that has none."""

    code = "not_open_item"
    en = "An open item becomes an item with stock; {open_item_id} and {item_id} do not fit."
    zh = "只能把无码商品归到正式商品；{open_item_id} 和 {item_id} 不符。"


class ReclassifiedTooMuchError(RetailError):
    """More than was sold without a code."""

    code = "reclassified_too_much"
    en = "Store {store} sold {left} of open item {open_item_id} without an item, not {quantity}."
    zh = "门店 {store} 的无码商品 {open_item_id} 尚未归类的销量是 {left}，不是 {quantity}。"


class StoreListedTwiceError(RetailError):
    """A share a store."""

    code = "store_listed_twice"
    en = "Store {store} is listed twice."
    zh = "门店 {store} 出现了两次。"


class MonthHasParkedError(RetailError):
    """They would fall into the next month."""

    code = "month_has_parked"
    en = (
        "{parked} facts up to {period} are parked. Put them right first, or say why they may fall"
        " into the next month; the doctor lists them."
    )
    zh = (
        "{period} 及以前有 {parked} 条数据暂存待过账，请先处理，或说明为何可计入下月；"
        "doctor 会列出它们。"
    )


class DaysNotClosedError(RetailError):
    """A silent day is an offline store or a day off; only a person knows."""

    code = "days_not_closed"
    en = "Not closed in {period}: {days}. Acknowledge that, or wait for the stores."
    zh = "{period} 未日结：{days}。请确认，或等待门店上传。"


class RoleNotFoundError(RetailError):
    """No such role in the chain."""

    code = "role_not_found"
    en = "There is no role {role_id}."
    zh = "没有角色 {role_id}。"


class RoleInUseError(RetailError):
    """Somebody would be left without rights."""

    code = "role_in_use"
    en = "{count} people have the role {role_id}. Give them another one first."
    zh = "有 {count} 人使用角色 {role_id}。请先给他们换角色。"


class OwnRightsError(RetailError):
    """Nobody decides what they may do themselves."""

    code = "own_rights"
    en = "{person_no} cannot change their own rights. Somebody else has to do it."
    zh = "{person_no} 不能更改自己的权限，请由他人操作。"


class PersonNotFoundError(RetailError):
    """Nobody has the number or name."""

    code = "person_not_found"
    en = "There is nobody with the number or name {person_no}."
    zh = "没有工号或用户名为 {person_no} 的人员。"


class StaffNumberError(RetailError):
    """A number that a person can type at a till."""

    code = "staff_number"
    en = "{staff_no} is no staff number: use 1 to 16 letters or digits."
    zh = "{staff_no} 不能作工号：请用 1 到 16 个字母或数字。"


class PinWeakError(RetailError):
    """A PIN that is guessed first."""

    code = "pin_weak"
    en = "The PIN needs {limit} to 12 digits that are not all equal and not a row."
    zh = "PIN 需要 {limit} 到 12 位数字，不能全相同，也不能连号。"


class CardTakenError(RetailError):
    """One card, one person."""

    code = "card_taken"
    en = "The card belongs to somebody else than {staff_no}."
    zh = "该卡属于 {staff_no} 以外的人员。"


class SamePasswordError(RetailError):
    """A change that changes nothing."""

    code = "same_password"
    en = "The new password is the old one. Choose another."
    zh = "新密码与旧密码相同，请换一个。"


class PasswordMustChangeError(RetailError):
    """Somebody else set the password and knows it."""

    code = "password_must_change"
    en = "Your password was set by somebody else. Change it before you go on."
    zh = "您的密码由他人设置，请先修改密码再继续。"


class OtherSiteError(RetailError):
    """A page of another site sends a write with this person's session."""

    code = "other_site"
    en = "This request comes from another site. Open the console and try there."
    zh = "该请求来自其他网站。请在控制台中操作。"
