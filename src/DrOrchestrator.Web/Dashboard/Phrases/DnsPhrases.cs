namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of steps that change records of a zone.</summary>
internal static class DnsPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("it cannot read the update (FORMERR)", "它无法解析该更新（FORMERR）"),
        new("it takes no updates (NOTIMP)", "它不接受更新（NOTIMP）"),
        new("the key may not change that (REFUSED)", "该密钥无权更改此项（REFUSED）"),
        new("it is no server of the zone, or does not know the key (NOTAUTH)", "它不是该区域的服务器，或不认识该密钥（NOTAUTH）"),
        new("the name is not in the zone (NOTZONE)", "该域名不在此区域内（NOTZONE）"),
        new("its key of that name has another secret (BADSIG)", "服务器上同名密钥的内容不同（BADSIG）"),
        new("it has no key of that name (BADKEY)", "服务器上没有该名称的密钥（BADKEY）"),
        new("its clock and ours are more than 30 s apart (BADTIME)", "服务器时钟与本机相差超过 30 秒（BADTIME）"),
        new("{server:name} refuses the key {key:name}: {why:sentence}", "{server} 拒绝密钥 {key}：{why}"),
        new("{server:name} answers for {name:name} without a signature of the key {key:name}, and is not believed", "{server} 关于 {name} 的应答没有密钥 {key} 的签名，不予采信"),
        new("{name:name} shows {now:free} at {server:name}, and has no such records of its own: a wildcard answers for it, or a text is in several pieces", "{server} 上 {name} 显示为 {now}，但该域名自身并无这些记录：由通配符应答，或文本分为多段"),
        new("{name:name} is an alias of {target:free} at {server:name}: no other records can stand beside it", "{server} 上 {name} 是 {target} 的别名，其旁不能再有其他记录"),
        new("{name:name} has records of other types at {server:name}: no alias can stand beside them", "{server} 上 {name} 已有其他类型的记录，其旁不能再设别名"),
        new("{name:name} was changed by another", "{name} 已被他方更改"),
        new("{server:name} refuses the update: {why:sentence}", "{server} 拒绝该更新：{why}"),
        new("{server:name} was not reached: {trouble:sentence}", "未能连接 {server}：{trouble}"),
        new("no answer in time", "未在期限内应答"),
        new("no answer to the update", "应答与该更新不符"),
        new("no answer to the question", "应答与所问不符"),
        new("the answer ends in the middle of a record", "应答在记录中间中断"),
        new("'{value:free}' is no value of a record of type {type:name}", "“{value}”不是 {type} 类型记录的值"),
        new("{name:name} has a label of more than {bytes:figure} bytes", "{name} 中有超过 {bytes} 字节的标签"),
        new("'{server:free}' is no address of a server", "“{server}”不是服务器地址"),
        new("the answer ends in the middle of its signature", "应答在签名处中断"),
        new("whether {server:name} has changed {name:name} is not known: {trouble:sentence}", "{server} 是否已更改 {name} 不明：{trouble}"),
        new("{name:name} was changed by another: it is {now:free} at {server:name}, and the update needs {wanted:free}", "{name} 已被他方更改：{server} 上现为 {now}，而该更新以 {wanted} 为前提"),
        new("{name:name} was changed by another since: it is {now:free} at {server:name}, and is left as it is", "{name} 此后已被他方更改：{server} 上现为 {now}，保持不动"),
        new("{name:name} still is {now:free} at {server:name}", "{server} 上 {name} 仍为 {now}"),
        new("the records of {name:name} are {now:free} at {server:name}, and the plan expects {wanted:free}", "{server} 上 {name} 为 {now}，而预案要求其为 {wanted}"),
        new("the records of {name:name} are {now:free} at {server:name}, and the step made them {wanted:free}", "{server} 上 {name} 为 {now}，而该步骤曾将其改为 {wanted}"),
        new("the records of {name:name} are {now:free} at {server:name}", "{server} 上 {name} 为 {now}"),
        new("{server:name} answers {code:figure}, unsigned, and {name:name} is {now:free} there", "{server} 应答 {code}（未签名），{name} 在其上为 {now}"),
        new("{server:name} answers {code:figure}, and {name:name} is {now:free} there", "{server} 应答 {code}，{name} 在其上为 {now}"),
        new("{server:name} does not speak for {name:name}: it answers {code:figure}, not authoritative", "{server} 不是 {name} 的权威服务器：应答 {code}，非权威"),
        new("{server:name} does not speak for {name:name}: it answers {code:figure}", "{server} 不能代表 {name} 作答：应答 {code}"),
        new("{server:name} does not say what {name:name} is: {trouble:sentence}", "{server} 未说明 {name} 的现状：{trouble}"),
        new("the key {key:name} cannot be read: {problem:free}", "无法读取密钥 {key}：{problem}"),
        new("the first line of {file:name} is no secret in base64", "{file} 的第一行不是 base64 格式的密钥"),
    ];
}
