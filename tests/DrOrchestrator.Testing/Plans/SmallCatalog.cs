using DrOrchestrator.Plans;

namespace DrOrchestrator.Testing.Plans;

/// <summary>A few kinds, one for each thing a shape can say.</summary>
public sealed class SmallCatalog : IStepKindCatalog
{
    public static SmallCatalog Instance { get; } = new();

    public IReadOnlyDictionary<string, StepKindShape> Steps { get; } = Table(
        Shape("wait", StepEffect.None, false, [P("for", ParameterType.Duration, true)], ["waited"]),
        Shape("task", StepEffect.None, false, [P("role", ParameterType.RoleName, true), P("text", ParameterType.Text, true), P("owner", ParameterType.OwnerName, false), P("due", ParameterType.Duration, false), new("attachment", ParameterType.Text, false, "", ["required", "optional"])], ["by"]),
        Shape(
            "http",
            StepEffect.Reversible,
            false,
            [
                P("endpoint", ParameterType.EndpointName, true),
                new ParameterShape("method", ParameterType.Text, true, "the method", ["GET", "PUT"]),
                P("path", ParameterType.Text, false),
                P("body", ParameterType.Object, false),
                P("status", ParameterType.Integer, false),
                P("follow", ParameterType.Boolean, false),
                P("accept", ParameterType.TextList, false),
            ],
            ["status", "body"]),
        Shape("k8s.fence", StepEffect.Reversible, true, [P("workloads", ParameterType.TextList, true)], ["proof"]) with { IsFence = true },
        Shape("k8s.job", StepEffect.Irreversible, true, [P("command", ParameterType.TextList, true)], ["epoch", "lsn"]),
        Shape("k8s.unfence", StepEffect.None, true, [P("fence", ParameterType.StepName, true)], []),
        Shape("probe", StepEffect.None, false, [P("name", ParameterType.ProbeName, true), P("within", ParameterType.Duration, false)], []),
        Shape("recoveryPoint", StepEffect.None, false, [P("name", ParameterType.RecoveryPointName, true), P("at", ParameterType.SiteName, false)], []));

    public IReadOnlyDictionary<string, StepKindShape> Gates { get; } = Table(
        Shape("targets-exist", StepEffect.None, false, [P("workloads", ParameterType.TextList, true)], []),
        Shape("standby-healthy", StepEffect.None, false, [], []));

    public IReadOnlyDictionary<string, StepKindShape> SteadyState { get; } = Table(Shape("probe", StepEffect.None, false, [P("name", ParameterType.ProbeName, true)], []));

    private static StepKindShape Shape(string kind, StepEffect effect, bool needsSite, ParameterShape[] parameters, string[] outputs) =>
        new(kind, effect, needsSite, kind, parameters, outputs);

    private static ParameterShape P(string name, ParameterType type, bool required) => new(name, type, required, $"the {name}");

    private static Dictionary<string, StepKindShape> Table(params StepKindShape[] shapes) => shapes.ToDictionary(shape => shape.Kind, StringComparer.Ordinal);
}
