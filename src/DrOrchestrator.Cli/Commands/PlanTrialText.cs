using DrOrchestrator.Drills;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Cli.Commands;

/// <summary>What clusters say to a plan that they were asked to try, as text. Pure.</summary>
internal static class PlanTrialText
{
    /// <summary>Longer values are cut: a whole file in a ConfigMap is read elsewhere.</summary>
    private const int LongestValue = 160;

    private static readonly Dictionary<TriedAnswer, (string English, string Chinese)> Answers = new()
    {
        [TriedAnswer.Changes] = ("would change", "将更改"),
        [TriedAnswer.Unchanged] = ("is so already", "无需更改"),
        [TriedAnswer.Made] = ("would be made", "将创建"),
        [TriedAnswer.Refused] = ("is refused", "被拒绝"),
        [TriedAnswer.Conflict] = ("conflict", "冲突"),
        [TriedAnswer.NoAnswer] = ("no answer", "无应答"),
        [TriedAnswer.NotYet] = ("cannot be tried yet", "尚无法试运行"),
        [TriedAnswer.NotTried] = ("not tried", "未试运行"),
    };

    public static void Write(TextWriter writer, IReadOnlyList<TriedStep> steps, bool chinese)
    {
        writer.WriteLine();
        writer.WriteLine(chinese ? "各集群目前的答复（服务器端试运行，未写入任何内容）" : "What the clusters say now (server-side dry run; nothing was written)");
        if (steps.Count == 0)
        {
            writer.WriteLine(chinese ? "  没有步骤更改集群" : "  no step changes anything at a cluster");
        }

        foreach (var step in steps)
        {
            writer.WriteLine($"  {step.Step} ({step.Kind}, {step.Site})");
            foreach (var one in step.Objects)
            {
                var answer = chinese ? Answers[one.Answer].Chinese : Answers[one.Answer].English;
                var reason = one.Reason.Length == 0 ? "" : chinese ? $"：{ChineseText.Of(one.Reason)}" : $": {one.Reason}";
                writer.WriteLine($"    {string.Join(' ', ((string[])[one.Object, answer]).Where(word => word.Length > 0))}{reason}");
                foreach (var field in one.Fields)
                {
                    writer.WriteLine($"      {field.Field}: {Value(field.From, chinese)} -> {Value(field.To, chinese)}");
                }
            }
        }

        writer.WriteLine(chinese
            ? "  每个步骤单独试运行：前面步骤的结果、控制器随后的动作不在其中；有副作用的准入 webhook 会拒绝试运行"
            : "  each step was tried alone: what the steps before it will have done, and what controllers make of it, is not in it; an admission webhook with side effects refuses a try");
    }

    private static string Value(string? json, bool chinese) => json is null ? chinese ? "无" : "none" : json.Length > LongestValue ? json[..LongestValue] + "..." : json;
}
