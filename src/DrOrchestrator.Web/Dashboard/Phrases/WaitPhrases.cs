namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>How waits for objects of a cluster end. What an object's controller said of it stays as it is.</summary>
internal static class WaitPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("{object:name} at {site:name}: {condition:sentence} was not met within {time:span}: {now:sentence}", "{site} 的 {object}：{condition} 未在 {time} 内满足：{now}"),
        new("{object:name} at {site:name}: {condition:sentence} will not come, as was seen after {time:span}: {why:sentence}", "{site} 的 {object}：{condition} 不会满足，{time} 后所见：{why}"),
        new("{object:name} at {site:name} cannot be read: {why:free}", "无法读取 {site} 的 {object}：{why}"),

        // what was asked for
        new("condition {condition:name} = {value:free}", "条件 {condition} = {value}"),
        new("{path:name} is there", "{path} 存在"),
        new("{path:name} is absent", "{path} 不存在"),
        new("{path:name} is one of {values:free}", "{path} 为以下之一：{values}"),
        new("{path:name} = {value:free}", "{path} = {value}"),

        // what was seen
        new("it is deleted", "已删除"),
        new("it is absent", "不存在"),
        new("it is there", "存在"),
        new("it says nothing more", "其状态没有更多说明"),
        new("it is still there, and nobody has deleted it", "仍然存在，且无人删除它"),
        new("it is being deleted, and held by {names:free}", "正在删除，由 {names} 保持"),
        new("it is being deleted", "正在删除"),
        new("it is {value:name}, but of an earlier generation than the object's", "现为 {value}，但属于该对象此前的版本（generation）"),
        new("it is {value:name} ({words:free})", "现为 {value}（{words}）"),
        new("it is {value:free}", "现为 {value}"),
        new("the path finds {count:figure} values; narrow its filter", "该路径找到 {count} 个值；请收窄其筛选条件"),

        // what cannot be meant
        new("'{word:name}' means kinds of several groups here: {kinds:names}. Write one of these in front of the name, or say api", "“{word}”在此对应多个组的类型：{kinds}。请将其中之一写在名称之前，或写明 api"),
        new("no kind '{word:name}' is served here; near it is '{nearest:name}'; without an answer: {groups:names}", "此处没有类型“{word}”；相近的是“{nearest}”；未应答的组：{groups}"),
        new("no kind '{word:name}' is served here; near it is '{nearest:name}'", "此处没有类型“{word}”；相近的是“{nearest}”"),
        new("no kind '{word:name}' is served here; without an answer: {groups:names}", "此处没有类型“{word}”；未应答的组：{groups}"),
        new("no kind '{word:name}' is served here", "此处没有类型“{word}”"),
        new("{object:name} belongs to a namespace, and none is named", "{object} 属于某个命名空间，但没有给出"),
        new("of a Secret only that it is there can be waited for: its values would come into the journal", "对 Secret 只能等待其存在：其内容会进入日志"),
        new("'{path:free}' is no path; allowed: {allowed:free}", "“{path}”不是路径；应为 {allowed}"),
        new("give condition, json-path or for", "请给出 condition、json-path 或 for"),
        new("give either condition, alone or with status, or json-path, alone or with one of equals and one-of", "请给出 condition（可带 status），或 json-path（可带 equals 与 one-of 之一）"),
        new("for goes alone; exists and absent also with a json-path that has no value beside it", "for 单独使用；exists 与 absent 也可带不含取值的 json-path"),
        new("fails-on: give condition, alone or with status, or json-path with equals or one-of", "fails-on：请给出 condition（可带 status），或带 equals 或 one-of 的 json-path"),

        // of releases that knew five kinds
        new("'{text:free}' is no resource; allowed: KIND/NAME with one of {kinds:free}", "“{text}”不是资源；应为 KIND/NAME，KIND 为 {kinds} 之一"),
        new("give either condition, or json-path and equals", "请给出 condition，或 json-path 与 equals"),
    ];
}
