"""Rules that a person can act on: a stable code and a sentence in both languages."""

from __future__ import annotations

from typing import ClassVar


class RetailError(Exception):
    """A rule was broken and the user can act on it. Bugs are assertions instead.

    Subclasses set `code` (for ever) and the two sentences; the keyword arguments fill the names
    in braces and travel to the screens as they are.
    """

    code: ClassVar[str] = "retail_error"
    en: ClassVar[str] = "The request breaks a rule."
    zh: ClassVar[str] = "请求不符合规则。"

    def __init__(self, **values: int | str) -> None:
        self.values = values
        self.detail_en = self.en.format(**values)
        self.detail_zh = self.zh.format(**values)
        super().__init__(self.detail_en)


class BadGtinError(RetailError):
    """A code is not a GTIN."""

    code = "bad_gtin"
    en = "{scanned_code} is not a GTIN: its length or its check digit is wrong."
    zh = "{scanned_code} 不是有效的商品条码：长度或校验位不对。"


class UnknownBarcodeError(RetailError):
    """No item of the store's list has the code."""

    code = "unknown_barcode"
    en = "No item has the barcode {scanned_code}. Search by name, or ask headquarters to add it."
    zh = "没有条码为 {scanned_code} 的商品。请按名称查找，或请总部建档。"


class AmbiguousBarcodeError(RetailError):
    """One code names several items; a person chooses."""

    code = "ambiguous_barcode"
    en = "The barcode {scanned_code} is of {count} items: {names}. Choose which one it is."
    zh = "条码 {scanned_code} 对应 {count} 个商品：{names}。请选择是哪一个。"


class BadGs1CodeError(RetailError):
    """A code says that it is GS1, and is not."""

    code = "bad_gs1_code"
    en = "The GS1 code {scanned_code} is damaged or printed wrong. Use the item's other barcode."
    zh = "GS1 条码 {scanned_code} 损坏或印制有误，请改扫商品的其他条码。"


class CodeWithoutItemError(RetailError):
    """A label of a pallet or of a shipment."""

    code = "code_without_item"
    en = "{scanned_code} names no item: it is a label for transport. Scan the item itself."
    zh = "{scanned_code} 不是商品条码，而是物流标签。请扫描商品本身。"


class CodeWithoutMeasureError(RetailError):
    """Weighed goods whose label does not say how much."""

    code = "code_without_measure"
    en = "{scanned_code} is weighed goods, but gives no weight in kg. Weigh it and enter it."
    zh = "{scanned_code} 是称重商品，但条码里没有公斤重量。请称重后录入。"


class LabelledQuantityError(RetailError):
    """A label that says how much cannot be sold several times at once."""

    code = "labelled_quantity"
    en = "The label {scanned_code} says how much there is. Scan each label by itself."
    zh = "标签 {scanned_code} 已含重量或金额，请逐个扫描，不要输入数量。"


class EmptyLabelError(RetailError):
    """A scale label of nothing."""

    code = "empty_label"
    en = "The label {scanned_code} says 0. Have the goods weighed again."
    zh = "标签 {scanned_code} 的重量或金额为 0，请重新称重。"


class LabelCheckDigitError(RetailError):
    """A scale label that was misread, or whose scale is set up otherwise."""

    code = "label_check_digit"
    en = "The check digit of the scale label {scanned_code} is wrong. Scan it again."
    zh = "秤签 {scanned_code} 的校验位不对，请重新扫描。"


class LabelAmountError(RetailError):
    """Weighed goods for which no quantity follows from the printed amount."""

    code = "label_amount"
    en = "{name} costs nothing here, so the {amount_fen} fen of its label give no quantity."
    zh = "{name} 售价为 0，无法由标签金额 {amount_fen} 分推算数量。"


class ExpiredLotError(RetailError):
    """Goods beyond their date."""

    code = "expired_lot"
    en = "{name} could be sold until {sell_until} only (lot {lot_no}). Take it off the shelf."
    zh = "{name} 只能销售到 {sell_until}（批号 {lot_no}），已过期，请下架。"


class BadScaleLabelError(RetailError):
    """A label's description in the settings."""

    code = "bad_scale_label"
    en = "{shape} does not describe a scale label: {reason}."
    zh = "{shape} 不是有效的秤签格式：{reason}。"


class BadLabelSampleError(RetailError):
    """A label that was typed in another way."""

    code = "bad_label_sample"
    en = (
        "{sample} is not written as digits/number/kilograms/yuan, such as 2200012006505/12/0.5/6.5."
    )
    zh = "{sample} 的写法不对，应为 条码/编号/公斤/元，例如 2200012006505/12/0.5/6.5。"


class LabelSamplesUnclearError(RetailError):
    """Several descriptions fit the labels of a scale."""

    code = "label_samples_unclear"
    en = "{count} labels can be read in several ways. Take {needed} or more, of different weights."
    zh = "{count} 张秤签还不能确定格式。请用不同商品、不同重量的标签，至少 {needed} 张。"


class LabelSamplesUnreadableError(RetailError):
    """No description fits the labels of a scale."""

    code = "label_samples_unreadable"
    en = "No known format fits all {count} labels. Check the digits, weights and amounts entered."
    zh = "没有一种格式能同时解读这 {count} 张秤签。请核对录入的数字、重量和金额。"


class UnknownItemError(RetailError):
    """No item has the number."""

    code = "unknown_item"
    en = "Item {item_id} is not in this store's item list."
    zh = "本店商品资料里没有编号为 {item_id} 的商品。"


class PriceMissingError(RetailError):
    """The item may not be sold before headquarters prices it."""

    code = "price_missing"
    en = "{name} (item {item_id}) has no price. Ask headquarters to price it."
    zh = "{name}（商品 {item_id}）没有售价。请总部定价后再卖。"


class QuantityZeroError(RetailError):
    """A line of nothing."""

    code = "quantity_zero"
    en = "The quantity is 0. Enter a quantity above 0, or remove the line."
    zh = "数量为 0。请输入大于 0 的数量，或删除该行。"


class QuantityNegativeError(RetailError):
    """A sale line below zero; a return has its own way."""

    code = "quantity_negative"
    en = "The quantity {quantity} is below 0. Goods brought back are a return, not a sale."
    zh = "数量 {quantity} 小于 0。顾客退回的商品请走退货，不要记负数销售。"


class QuantityTooLargeError(RetailError):
    """More than any basket or delivery holds: most likely a barcode in the quantity field."""

    code = "quantity_too_large"
    en = "The quantity {quantity} is more than {limit}. Check that it is not a barcode."
    zh = "数量 {quantity} 超过上限 {limit}。请检查是否把条码输进了数量。"


class QuantityNotWholeError(RetailError):
    """Goods sold by the piece do not come in parts."""

    code = "quantity_not_whole"
    en = "{name} is sold by the piece; {quantity} is not a whole number."
    zh = "{name} 按件销售，数量 {quantity} 不是整数。"


class QuantityTooPreciseError(RetailError):
    """More decimals than the stock unit keeps."""

    code = "quantity_too_precise"
    en = "The quantity {quantity} has more than 3 decimals."
    zh = "数量 {quantity} 的小数超过 3 位。"


class QuantityNotNumberError(RetailError):
    """Not a decimal number."""

    code = "quantity_not_number"
    en = "{quantity} is not a number."
    zh = "{quantity} 不是数字。"


class AmountOutOfRangeError(RetailError):
    """An amount beyond what a ticket may hold."""

    code = "amount_out_of_range"
    en = "The amount {amount_fen} fen is not between 0 and {limit_fen} fen."
    zh = "金额 {amount_fen} 分不在 0 到 {limit_fen} 分之间。"


class DiscountTooLargeError(RetailError):
    """A discount above what the line costs."""

    code = "discount_too_large"
    en = "The discount of {discount_fen} fen is more than the line's {gross_fen} fen."
    zh = "优惠 {discount_fen} 分超过该行金额 {gross_fen} 分。"


class TicketFullError(RetailError):
    """More lines than a ticket may hold."""

    code = "ticket_full"
    en = "This ticket has {limit} lines, the most a ticket may hold. Take payment and open another."
    zh = "本单已有 {limit} 行，达到上限。请先收款，再开新单。"


class TicketEmptyError(RetailError):
    """Nothing to pay for."""

    code = "ticket_empty"
    en = "There is nothing on this ticket to pay for."
    zh = "本单没有商品，不能收款。"


class LineNotFoundError(RetailError):
    """The line is not on the open ticket (any more)."""

    code = "line_not_found"
    en = "Line {line_id} is not on this ticket."
    zh = "本单没有第 {line_id} 行。"


class TenderTooSmallError(RetailError):
    """The tenders do not cover the amount due."""

    code = "tender_too_small"
    en = "{tendered_fen} fen were tendered, {due_fen} fen are due."
    zh = "实收 {tendered_fen} 分，少于应收 {due_fen} 分。"


class TenderTooLargeError(RetailError):
    """More than is due on a tender that gives no change."""

    code = "tender_too_large"
    en = "{kind} gives no change: {tendered_fen} fen were entered, {due_fen} fen are due."
    zh = "{kind} 不能找零：输入 {tendered_fen} 分，应收 {due_fen} 分。"


class ChangeTooLargeError(RetailError):
    """So much change that the cash was surely mistyped, or a code was typed into it."""

    code = "change_too_large"
    en = "{given_yuan} in cash would give {change_yuan} of change, above {limit_yuan}. Check it."
    zh = "实收 {given_yuan} 元，找零 {change_yuan} 元，超过 {limit_yuan} 元。请核对实收金额。"


class RefundNotEvenError(RetailError):
    """What is paid out is not what is due."""

    code = "refund_not_even"
    en = "{paid_fen} fen would be paid out, {due_fen} fen are due to the customer."
    zh = "退款 {paid_fen} 分，应退 {due_fen} 分，两者不符。"


class ReturnTooLargeError(RetailError):
    """More comes back than was sold and is not back yet."""

    code = "return_too_large"
    en = "{quantity} cannot be returned: only {left} of this line can still come back."
    zh = "不能退 {quantity}：该行最多还能退 {left}。"


class TransferNotFoundError(RetailError):
    """No such transfer order here."""

    code = "transfer_not_found"
    en = "There is no transfer order {transfer_no} for this store."
    zh = "本店没有调拨单 {transfer_no}。"


class TransferStateError(RetailError):
    """The order's state does not allow the step."""

    code = "transfer_state"
    en = "Transfer order {transfer_no} is {state}; {step} is not possible now."
    zh = "调拨单 {transfer_no} 的状态是 {state}，现在不能 {step}。"


class TransferSameStoreError(RetailError):
    """Source and target are one store."""

    code = "transfer_same_store"
    en = "A transfer needs two stores; {store} is named twice."
    zh = "调拨需要两家门店，{store} 被写了两次。"


class PurchaseOrderNotFoundError(RetailError):
    """No such purchase order here."""

    code = "purchase_order_not_found"
    en = "There is no purchase order {purchase_order_no} for this store."
    zh = "本店没有采购订单 {purchase_order_no}。"


class ItemNotOnOrderError(RetailError):
    """The document does not list the item."""

    code = "item_not_on_order"
    en = "Item {item_id} is not on {document_no}."
    zh = "{document_no} 上没有商品 {item_id}。"


class ItemListedTwiceError(RetailError):
    """A document names an item twice; its quantity would be ambiguous."""

    code = "item_listed_twice"
    en = "Item {item_id} is listed twice. Enter it once, with the whole quantity."
    zh = "商品 {item_id} 出现了两次。请合并为一行，填写总数量。"


class NoLinesError(RetailError):
    """A document without lines."""

    code = "no_lines"
    en = "{document_no} has no lines."
    zh = "{document_no} 没有明细。"
