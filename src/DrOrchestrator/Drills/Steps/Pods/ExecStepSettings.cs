using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>The parameters of a <c>k8s.exec</c> step, and what stands against them. Exit codes mean what they mean to <c>command</c>. Pure.</summary>
internal static class ExecStepSettings
{
    public const string Pod = "pod";
    public const string Workload = "workload";
    public const string Selector = "selector";
    public const string Container = "container";
    public const string Command = "command";
    public const string Observe = "observe";

    private static readonly string[] Targets = [Pod, Workload, Selector];
    private static readonly string[] OfOutcome = ["success", "no-effect", "values"];
    private static readonly string[] OfObserve = ["happened", "cannot-happen", "still-may"];

    public static IReadOnlyList<ParameterShape> Shapes { get; } =
    [
        SiteCalls.NamespaceParameter,
        new(Pod, ParameterType.Text, false, "Name of the pod."),
        new(Workload, ParameterType.Text, false, "Instead of a name: deployment/NAME or statefulset/NAME, of which the first ready pod by name is taken."),
        new(Selector, ParameterType.Text, false, "Instead of a name: labels (app=ledger,role=primary), of whose pods the first ready one by name is taken."),
        new(Container, ParameterType.Text, false, "Container of the pod; its only one without it."),
        new(Command, ParameterType.TextList, true, "Program and arguments, each handed over as it stands; there is no shell, and nothing on its standard input.") { MayRepeat = true },
        .. CommandStepSettings.Shapes.Where(shape => OfOutcome.Contains(shape.Name)),
        new(Observe, ParameterType.TextList, false, "Program and arguments that only look, in the pod that is there then, and tell by their exit code whether it happened.") { MayRepeat = true },
        .. CommandStepSettings.Shapes.Where(shape => OfObserve.Contains(shape.Name)),
        new("repeatable", ParameterType.Boolean, false, "Run twice, also at once, it is as run once: what nobody can observe may be run again."),
    ];

    /// <summary>Null where nobody can look.</summary>
    public static IReadOnlyList<string>? Look(StepParameters with) => with.Texts(Observe) is { Count: > 0 } command ? command : null;

    /// <summary>Where it runs, for people: <c>pod/db-0</c>, <c>statefulset/db</c>, <c>app=db</c>.</summary>
    public static string Target(StepParameters with) => with.OptionalText(Pod) is { } pod ? $"pod/{pod}" : with.OptionalText(Workload) ?? with.OptionalText(Selector) ?? "";

    /// <summary>What is wrong with them; of the parameters of a rehearsal too, which are only some.</summary>
    public static IEnumerable<ParameterProblem> Judge(StepParameters with)
    {
        var named = Targets.Where(with.Has).ToList();
        if (named.Count > 1 || (named.Count == 0 && with.Has(Command)))
        {
            yield return new(Pod, named.Count == 0 ? "no 'pod', no 'workload' and no 'selector'" : string.Join(" and ", named.Select(name => $"'{name}'")), "one of 'pod', 'workload', 'selector'", "Name the pod, or that of which one ready pod is taken.");
        }

        if (with.OptionalText(Workload) is { } workload && !workload.Contains("${", StringComparison.Ordinal) && Problem(workload) is { } problem)
        {
            yield return new(Workload, problem, "deployment/NAME, statefulset/NAME", "Write for instance statefulset/ledger-store.");
        }

        foreach (var list in (string[])[Command, Observe])
        {
            if (with.Texts(list) is [var program, ..] && (program.Length == 0 || program.Contains("${", StringComparison.Ordinal)))
            {
                yield return new(list, $"'{list}' begins with '{program}'", "the name of a program", "Write the program; no other step may supply it.");
            }

            foreach (var secret in SecretWords.Judge(list, with.Texts(list)))
            {
                yield return secret;
            }
        }

        foreach (var code in CommandStepSettings.JudgeCodes(with))
        {
            yield return code;
        }

        foreach (var name in OfObserve.Where(name => with.Has(Command) && with.Has(name) && Look(with) is null))
        {
            yield return new(name, $"'{name}' without '{Observe}'", $"it beside '{Observe}'", "Name the program that looks, or remove it.");
        }
    }

    private static string? Problem(string workload)
    {
        try
        {
            _ = WorkloadName.Parse(workload);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
