namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>The lines of the story of a look that failed, and what is wrong with a connection or a certificate.</summary>
internal static class StoryPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("resolved {host:name} to {addresses:names}", "已将 {host} 解析为 {addresses}"),
        new("connected to {target:name}", "已连接 {target}"),
        new("no connection to {target:name}: {error:name}", "未能连接 {target}：{error}"),
        new("TLS agreed: {version:name}, {cipher:name}", "TLS 握手完成：{version}、{cipher}"),
        new("certificate {subject:free}, issued by {issuer:free}, valid until {until:figure}", "证书 {subject}，签发者 {issuer}，有效期至 {until}"),
        new("issuer in the chain {subject:free}, valid until {until:figure}", "证书链中的签发者 {subject}，有效期至 {until}"),
        new("answered HTTP {status:figure} over HTTP/{version:figure}", "以 HTTP/{version} 答复 HTTP {status}"),
        new("read {bytes:figure} bytes of the answer", "已读取应答 {bytes} 字节"),
        new("read {bytes:figure} bytes of the answer, and no more: there are more", "已读取应答 {bytes} 字节，其余不再读取"),

        new("TLS with {target:name}: {what:sentence}", "与 {target} 的 TLS：{what}"),
        new("no certificate was presented", "对方未出示证书"),
        new("the certificate is for {names:names}, not for {name:name}", "证书签发给 {names}，而不是 {name}"),
        new("the certificate is for {names:free}, not for {name:name}", "证书签发给 {names}，而不是 {name}"),
        new("the certificate expired at {at:figure}", "证书已于 {at} 过期"),
        new("the certificate is not valid before {at:figure}", "证书在 {at} 之前无效"),
        new("an issuer of the certificate is not valid now", "证书的某个签发者目前不在有效期内"),
        new("the issuer of the certificate is not trusted ({why:name})", "证书的签发者不受信任（{why}）"),
        new("the certificate is not accepted ({why:free})", "证书不被接受（{why}）"),
        new("the certificate expires in {left:span} (limit: {limit:span})", "证书将在 {left} 后过期（限值：{limit}）"),
        new("the name {host:name} has no IPv4 address", "名称 {host} 没有 IPv4 地址"),
        new("the name {host:name} has no IPv6 address", "名称 {host} 没有 IPv6 地址"),
        new("the name {host:name} cannot be resolved ({why:name})", "无法解析名称 {host}（{why}）"),
        new("HTTP {status:figure}, but {what:sentence}", "HTTP {status}，但 {what}"),
        new("{target:name}: {what:free}", "{target}：{what}"),
        new("connection to {target:name}: {what:name}", "与 {target} 的连接：{what}"),
        new("could not look: {why:sentence}", "无法探测：{why}"),
        new("the environment variable {name:name} is not set", "环境变量 {name} 未设置"),
        new("the file {file:name} is empty", "文件 {file} 是空的"),
        new("the file {file:name} cannot be read ({why:name})", "文件 {file} 无法读取（{why}）"),
        new("the file {file:name} cannot be used ({why:name})", "文件 {file} 无法使用（{why}）"),
        new("{error:name} at the orchestrator's own side", "本程序一侧 {error}"),
    ];
}
