"""Rules of goods that come back."""

from __future__ import annotations

from retail_domain.errors import RetailError


class SaleNotFoundError(RetailError):
    """The receipt is not one of this store's."""

    code = "sale_not_found"
    en = "This store has no such sale: another one sold the goods, or the receipt is wrong."
    zh = "本店没有这笔销售：可能是其他门店售出，或小票有误。"


class ReceiptNotFoundError(RetailError):
    """Neither a receipt's code nor a register and number of a recent one."""

    code = "receipt_not_found"
    en = "{code} is no receipt of this store. Scan its code, or type register-number such as 1-124."
    zh = "没有找到小票 {code}。请扫描小票上的码，或输入 收银台号-小票号，例如 1-124。"


class SaleLineNotFoundError(RetailError):
    """The receipt has no such sale line."""

    code = "sale_line_not_found"
    en = "Receipt {receipt_no} has no sale on line {line_no}."
    zh = "小票 {receipt_no} 的第 {line_no} 行不是销售行。"


class ReturnPriceError(RetailError):
    """Nobody can say what was paid, and more than the price of today is wanted."""

    code = "return_price"
    en = "{name} without a receipt comes back for {limit_yuan} at most, its price today."
    zh = "{name} 没有小票，最多按今天的价格 {limit_yuan} 元退货。"


class SalePassedOnError(RetailError):
    """Another store asked for the sale, and may take its goods back now."""

    code = "sale_passed_on"
    en = "Store {store} took this receipt over for its returns. Ask headquarters for it."
    zh = "这张小票的退货已由门店 {store} 接手。请向总部调取。"


class SaleUnreadableError(RetailError):
    """The box that sold has a newer program than this one."""

    code = "sale_unreadable"
    en = "A newer program wrote this receipt. Have this store's box updated, or return it there."
    zh = "这张小票由更新版本的程序写成。请先升级本店主机，或到原门店退货。"


class SaleUnknownError(RetailError):
    """Headquarters has no such sale."""

    code = "sale_unknown"
    en = "Headquarters does not know this receipt. Its store may not have sent it yet."
    zh = "总部没有这张小票，可能原门店还没有上传。"


class SaleOfOtherCompanyError(RetailError):
    """The goods belong to another legal entity's books."""

    code = "sale_of_other_company"
    en = "Another company of the group sold these goods. They go back to one of its stores."
    zh = "这些商品由集团内的另一家公司售出，请到该公司的门店退货。"


class SaleLostError(RetailError):
    """The box that should have the sale says that it does not."""

    code = "sale_lost"
    en = "The store that should have this receipt does not know it. Ask headquarters."
    zh = "应持有这张小票的门店查不到它，请联系总部。"


class SaleHolderBusyError(RetailError):
    """The store that has the sale was asked for very many, and answers none."""

    code = "sale_holder_busy"
    en = "The store of this receipt has not answered for some time. Try again later."
    zh = "原门店较长时间没有答复，请稍后再试。"


class SaleOutOfReachError(RetailError):
    """Another store's receipt needs headquarters, and the line is down."""

    code = "sale_out_of_reach"
    en = "Headquarters can't be reached, so another store's receipt can't be looked up now."
    zh = "现在联系不上总部，无法调取其他门店的小票。"
