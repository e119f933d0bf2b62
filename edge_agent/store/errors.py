"""What can go wrong with the box's database that a person can act on."""

from __future__ import annotations

from retail_domain.errors import RetailError


class DiskFullError(RetailError):
    """Nothing can be committed, so nothing is sold."""

    code = "disk_full"
    en = "The box's disk is full. Nothing was saved: free space before going on."
    zh = "门店主机磁盘已满，刚才的操作没有保存。请先清理磁盘空间。"


class NewerDatabaseError(RetailError):
    """The file was written by a newer program; an older one must not touch it."""

    code = "newer_database"
    en = "{path} has schema {found}; this program knows {known}. Install the newer program."
    zh = "{path} 的结构版本是 {found}，本程序只认识 {known}。请安装新版程序。"


class NotEnrolledError(RetailError):
    """The box does not know which store it is."""

    code = "not_enrolled"
    en = "This box is not enrolled in {path}. Run `edge-agent enrol` first."
    zh = "{path} 里没有门店身份。请先运行 `edge-agent enrol` 登记。"


class BoxBusyError(RetailError):
    """More work waits than the box can hold."""

    code = "box_busy"
    en = "The box has {limit} requests waiting. Try again in a moment."
    zh = "门店主机有 {limit} 个请求在排队，请稍后再试。"


class FileInUseError(RetailError):
    """A doctor or a backup reads the box's file just when it should be exchanged."""

    code = "file_in_use"
    en = "{path} is open in another program. The box tries again in a moment."
    zh = "{path} 正被另一个程序打开，门店主机稍后重试。"


class JournalDamagedError(RetailError):
    """The journal does not agree with itself; writing stops."""

    code = "journal_damaged"
    en = "The journal is damaged: {reason}. Nothing is written; call IT to restore this box."
    zh = "门店流水已损坏：{reason}。已停止写入，请联系 IT 恢复本机。"


class DatabaseDamagedError(RetailError):
    """What is read is not what was written; writing stops."""

    code = "database_damaged"
    en = "The box's database is damaged: {reason}. Nothing is written; call IT to restore this box."
    zh = "门店数据库已损坏：{reason}。已停止写入，请联系 IT 恢复本机。"


class DiskFailedError(RetailError):
    """What the disk said is written may not be; writing stops until the next start looks at it."""

    code = "disk_failed"
    en = "The box's disk failed: {reason}. Nothing is written; restart the box, and call IT."
    zh = "门店主机的磁盘出错：{reason}。已停止写入，请重启主机并联系 IT。"


DAMAGE = (JournalDamagedError, DatabaseDamagedError, DiskFailedError)
"""After one of these nothing is written before a person has looked."""


class BackupExistsError(RetailError):
    """A backup is never written over."""

    code = "box_backup_exists"
    en = "{path} is there already. Name another file for this backup."
    zh = "{path} 已存在。请为这次备份另取文件名。"


class BackupMissingError(RetailError):
    """No file where the backup should be."""

    code = "box_backup_missing"
    en = "There is no backup at {path}."
    zh = "{path} 没有备份文件。"


class BackupDamagedError(RetailError):
    """The file is not a whole database; nothing was changed."""

    code = "box_backup_damaged"
    en = "{path} is not a whole database: {reason}. Nothing was changed; take another backup."
    zh = "{path} 不是完整的数据库：{reason}。未做任何更改，请换一份备份。"
