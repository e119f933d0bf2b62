"""What can go wrong with the hub's database that a person can act on."""

from __future__ import annotations

from retail_domain.errors import RetailError


class HubDiskFullError(RetailError):
    """Nothing can be committed; boxes keep their facts and send them again."""

    code = "hub_disk_full"
    en = "The disk of headquarters' server is full. Nothing was saved: free space, then try again."
    zh = "总部服务器磁盘已满，刚才的操作没有保存。请清理磁盘空间后重试。"


class HubNewerDatabaseError(RetailError):
    """The database was written by a newer program; an older one must not touch it."""

    code = "hub_newer_database"
    en = "{database} has revision {found}, which this program does not know. Install the newer one."
    zh = "{database} 的结构版本是 {found}，本程序不认识。请安装新版程序。"


class HubNoDatabaseError(RetailError):
    """No hub was set up here."""

    code = "hub_no_database"
    en = "There is no hub database at {database}. Run `hq-hub init` first."
    zh = "{database} 没有总部数据库。请先运行 `hq-hub init`。"


class HubBusyError(RetailError):
    """More work waits than the hub can hold."""

    code = "hub_busy"
    en = "Headquarters has {limit} requests waiting. Try again in a moment."
    zh = "总部有 {limit} 个请求在排队，请稍后再试。"


class BackupExistsError(RetailError):
    """A backup is never written over."""

    code = "backup_exists"
    en = "{path} is there already. Name another file for this backup."
    zh = "{path} 已存在。请为这次备份另取文件名。"


class BackupMissingError(RetailError):
    """No file where the backup should be."""

    code = "backup_missing"
    en = "There is no backup at {path}."
    zh = "{path} 没有备份文件。"


class BackupDamagedError(RetailError):
    """The file is not a whole database; nothing was changed."""

    code = "backup_damaged"
    en = "{path} is not a whole database: {reason}. Nothing was changed; take another backup."
    zh = "{path} 不是完整的数据库：{reason}。未做任何更改，请换一份备份。"


class HubDatabaseAwayError(RetailError):
    """The database server can't be reached, or the line to it broke."""

    code = "hub_database_away"
    en = "The database of headquarters does not answer ({reason}). Start it, then try again."
    zh = "总部数据库没有应答（{reason}）。请启动数据库后重试。"


class HubDatabaseTakenError(RetailError):
    """Another hub, or a rebuild, works on this database."""

    code = "hub_database_taken"
    en = "Another hub works on database {database}. Stop it first: two would post the same facts."
    zh = "数据库 {database} 正由另一个总部程序使用。请先停止它，否则同一事实会重复入账。"


class QuarantineHashError(RetailError):
    """The letters of a refused batch name none, or several."""

    code = "quarantine_hash"
    en = "Store {store} has {found} refused batches that begin with {hash}; one is needed."
    zh = "门店 {store} 有 {found} 个以 {hash} 开头的被拒批次，需要恰好一个。"
