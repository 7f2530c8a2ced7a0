namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What is said of steps that start a program of the orchestrator's machine, or tell people. What the program or the receiver said stays as it is.</summary>
internal static class CommandPhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        new("{program:name} did not end within {time:span} and was killed", "程序 {program} 未在 {time} 内结束，已被终止"),
        new("{program:name} did not end within {time:span} and was killed; {running:sentence}", "程序 {program} 未在 {time} 内结束，已被终止；{running}"),
        new("{program:name} has ended, and what it has started still runs as process {pid:figure}, which cannot be ended from here", "程序 {program} 已结束，但由其启动的进程 {pid} 仍在运行，且无法由此终止"),
        new("process {pid:figure} of another account began since, what began it is gone, and it cannot be looked into: it may be of this step", "此后出现属于其他账户的进程 {pid}，启动它的进程已不存在，且无法查看：可能属于本步骤"),
        new("processes of other accounts are hidden here (hidepid), and whether one that {program:name} has started still runs cannot be seen", "此处看不到其他账户的进程（hidepid），无法看到由 {program} 启动的进程是否仍在运行"),
        new("{program:name} was started at another place (machine, container, or before it began anew), and whether it still runs there cannot be seen from here", "程序 {program} 是在别处启动的（其他主机、容器，或重启之前），从此处无法看到其是否仍在运行"),
        new("{program:name} says that it happened, and with which exit code nobody can say", "程序 {program} 表明已发生，但退出码无从得知"),
        new("{program:name} did not end in time and was killed", "程序 {program} 未在期限内结束，已被终止"),
        new("{program:name} ended well, and the last line of its output does not have {names:names}", "程序 {program} 已成功结束，但其输出的最后一行缺少 {names}"),
        new("{program:name} changed nothing: {end:sentence}", "程序 {program} 表明未作任何更改：{end}"),
        new("{program:name} failed, and whether it changed something is not known: {end:sentence}", "程序 {program} 未成功，是否已作更改不明：{end}"),
        new("{program:name} did not take it back: {end:sentence}", "程序 {program} 未能撤销：{end}"),
        new("{program:name} cannot be started: {why:free}", "无法启动程序 {program}：{why}"),
        new("{program:name} does not run any more, and by the plan run twice it is as run once", "程序 {program} 已不再运行；预案声明重复执行与执行一次等效"),
        new("the plan names no program that could tell what {program:name} has done", "预案未指定可查明程序 {program} 执行结果的程序"),
        new("{program:name} says that it happened, and the last line of its output does not have {names:names}", "程序 {program} 表明已发生，但其输出的最后一行缺少 {names}"),
        new("{program:name} says: {end:sentence}", "程序 {program} 的答复：{end}"),
        new("it does not stand any more: {seen:sentence}", "其结果已不复存在：{seen}"),
        new("it still runs as process {pid:figure}", "仍在运行（进程 {pid}）"),
        new("there is no program that takes it back", "没有可用于撤销的程序"),
        new("the program {program:name} was changed since the step was prepared", "程序 {program} 在步骤准备之后被改动"),
        new("the program {program:name} cannot be read ({why:name})", "无法读取程序 {program}（{why}）"),
        new("the secret {name:name} cannot be read: {problem:free}", "无法读取密钥 {name}：{problem}"),
        new("'{list:name}' holds a character that no argument can", "{list} 中含有参数不允许的字符"),
        new("'{word:free}' at '{list:name}' comes from another step and is no plain word: only letters, digits and . _ : / - go into an argument, and none begins with -", "{list} 中的 {word} 来自其他步骤，不是普通词：参数中只允许字母、数字和 . _ : / -，且不得以 - 开头"),

        new("Plan '{plan:name}' cannot run here: {reasons:sentence}.", "预案 {plan} 不能在此服务器上运行：{reasons}。"),
        new("step '{step:name}': {why:sentence}", "步骤 {step}：{why}"),

        // requests
        new("the token file cannot be read: {problem:free}", "无法读取令牌文件：{problem}"),
        new("'{path:free}' is no path; it begins with one /", "“{path}”不是路径；路径以单个 / 开头"),

        // notify
        new("{endpoint:name} did not take the notice: {trouble:sentence}", "{endpoint} 未接收该通知：{trouble}"),
        new("a notice that is sent again carries the same key, by which its receiver drops a second one", "重发的通知带有同一编号，接收方可据此去重"),
        new("what has been told cannot be taken back", "已发出的通知无法撤回"),
        new("endpoint '{name:name}' is not in the estate", "清单中没有端点 {name}"),

        // how a program ended
        new("was ended by a signal, exit code {code:figure}: {words:free}", "被信号终止，退出码 {code}：{words}"),
        new("was ended by a signal, exit code {code:figure}", "被信号终止，退出码 {code}"),
    ];
}
