namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>
/// What stands against a list of rows by key, or makes it say too little: the words on which the business decides whether it may be signed (账务核对). Those of the host's script too,
/// as far as its verb <c>rows</c> says them; what PostgreSQL itself answered stays as it is.
/// </summary>
internal static class RowPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // why there is no list
        new("the rows of {name:name} could not be read: {reason:sentence}", "无法读取 {name} 的明细：{reason}"),
        new("the host of {name:name} has not told of every table: bring the postgres-host.sh that is packed beside this dro", "{name} 的主机没有给出每张表的明细：请换用随本程序发布的 postgres-host.sh"),
        new("the tables cannot be read at {name:name}: {reason:free}; missing: GRANT SELECT ON {tables:free} TO dro_switch; see postgres-roles.sql", "无法在 {name} 读取这些表：{reason}；缺少授权：GRANT SELECT ON {tables} TO dro_switch；见 postgres-roles.sql"),
        new("the tables cannot be read at {name:name}: {reason:free}", "无法在 {name} 读取这些表：{reason}"),
        new("the rows of a server in Kubernetes are not read by a Job: leave 'tables' out", "Kubernetes 中的服务器不能由 Job 读取明细：请去掉 tables"),

        // what the host's script refuses
        new("'{word:free}' is no plain word", "{word} 含有不允许的字符"),
        new("the mark '{mark:free}' is no word of lower-case letters, digits and hyphens", "标记 {mark} 只能由小写字母、数字和连字符组成"),
        new("the timeline '{timeline:free}' is no number", "时间线 {timeline} 不是数字"),
        new("'{name:free}' is no name of a database", "{name} 不是数据库名称"),
        new("the salt is none", "盐值无效"),
        new("rows are not read by a Job", "Job 不读取明细"),
        new("no table is named", "没有给出任何表"),
        new("'{table:free}' is no table with its key", "{table} 不是带键的表"),
        new("there is no flock (package util-linux)", "缺少 flock（软件包 util-linux）"),
        new("the lock {path:name} cannot be written: give --keep a folder whose parent this account may write", "无法写入锁文件 {path}：请为 --keep 指定其上级目录可由该账户写入的目录"),
        new("another change is under way here", "此处正在进行另一项变更"),
        new("the lock {path:name} cannot be written: the folder above the data must be writable", "无法写入锁文件 {path}：数据目录的上级目录必须可写"),
        new("another reading is under way here", "此处正在进行另一次读取"),
        new("what only this server has was not kept yet", "仅此服务器拥有的数据尚未留存"),
        new("the data fenced by {mark:name} are neither in place nor kept", "由 {mark} 隔离的数据既不在原处，也没有留存"),
        new("its log or a tablespace is outside the data folder: a copy would share it", "其日志或某个表空间位于数据目录之外：副本会与其共用"),
        new("there is no postgres in {path:name}", "{path} 中没有 postgres 程序"),
        new("there is no room for a copy of the data: {free:figure} KiB are free, {need:figure} KiB are needed", "没有足够空间存放数据副本：可用 {free} KiB，需要 {need} KiB"),
        new("{path:name} cannot be made", "无法创建 {path}"),
        new("the data could not be copied", "数据未能复制"),
        new("the fence was changed while the data were copied", "复制数据期间隔离发生了变化"),
        new("the copy could not be made ready", "副本未能就绪"),
        new("the copy cannot be read: it ended without a word: {last:free}", "无法读取副本：进程没有给出原因即结束：{last}"),
        new("the copy cannot be read: {said:free}", "无法读取副本：{said}"),
        new("the copy has replayed its log to no end, the list goes up to {end:name}", "副本没有重放日志，而清单到 {end} 为止"),
        new("the copy has replayed its log up to {redone:name}, the list goes up to {end:name}", "副本的日志重放到 {redone}，而清单到 {end} 为止"),
        new("the log beyond the fork cannot be read for {table:name}", "无法从分叉点之后的日志中读取 {table}"),
        new("the rows are more than 3 MB: show fewer columns, or name fewer tables", "明细超过 3 MB：请减少展示的列，或减少表"),

        // what is wrong with the tables of a plan
        new("'{name:free}' is no table with its schema", "“{name}”不是带模式名的表"),
        new("'{name:free}' says nothing of its columns", "“{name}”没有说明列"),
        new("'{word:free}' of '{name:free}' is unknown", "“{name}”的“{word}”无法识别"),
        new("'{word:free}' of '{name:free}' is unknown; '{near:free}' is near", "“{name}”的“{word}”无法识别；相近的是“{near}”"),
        new("'{word:free}' of '{name:free}' is no list of columns", "“{name}”的“{word}”不是列名列表"),
        new("'{name:free}' has no 'key'", "“{name}”没有 key"),
        new("'{name:free}' names no table, or more than {most:figure}", "“{name}”没有列出表，或超过 {most} 张"),

        // why a list says too little
        new("{table:name} is no plain table (name its partitions)", "{table} 不是普通表（请逐一给出其分区）"),
        new("{table:name} has more than {count:figure} rows of transactions that only the old side has", "{table} 中仅旧主库拥有的交易所写的行超过 {count} 行"),
        new("{count:figure} records of the log about {table:name} are of a kind that is not known", "关于 {table} 的 {count} 条日志记录类型未知"),
        new("the log does not reach back to before the first of the transactions: rows of {table:name} that they deleted earlier may be missing", "日志未能追溯到首笔交易之前：这些交易此前在 {table} 中删除的行可能缺失"),
        new("the columns of {table:name} are not the same on both sides any more", "两侧 {table} 的列已不一致"),
        new("{table:name} was rewritten or emptied on one side since the fork: rows that the old side deleted are not known", "分叉之后 {table} 在某一侧被重写或清空：旧主库删除的行无从得知"),
        new("the key of {table:name} is not unique, or may be null", "{table} 的键不唯一，或可为空"),
        new("{count:figure} rows of {table:name} that the old side deleted or gave another key have been changed on the new side since: their keys are not known", "旧主库在 {table} 中删除或改键的 {count} 行此后在新主库上又有变更：其键无从得知"),
        new("transactions that only the old side has wrote to tables that are not compared: {tables:free} and {count:figure} more", "仅旧主库拥有的交易还写入了未核对的表：{tables} 等，另有 {count} 张"),
        new("transactions that only the old side has wrote to tables that are not compared: {tables:free}", "仅旧主库拥有的交易还写入了未核对的表：{tables}"),
        new("transactions that only the old side has wrote to large objects, which are not compared", "仅旧主库拥有的交易还写入了大对象，而大对象未作核对"),
        new("transactions that only the old side has wrote to other databases, which are not compared: {names:free}", "仅旧主库拥有的交易还写入了未核对的其他数据库：{names}"),
        new("transactions that only the old side has wrote to {count:figure} files of tables that were dropped, emptied or rewritten there afterwards", "仅旧主库拥有的交易还写入了 {count} 个文件，其所属的表随后在那里被删除、清空或重写"),
    ];
}
