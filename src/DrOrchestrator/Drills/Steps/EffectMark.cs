using System.Globalization;

namespace DrOrchestrator.Drills.Steps;

/// <summary>The words a step leaves on the objects it changes, so that anyone (and the run itself after a crash) can tell whose change it was.</summary>
internal sealed record EffectMark(string Marker, IReadOnlyDictionary<string, string> Annotations)
{
    public static EffectMark Of(StepContext context) => With(context, context.Marker);

    /// <summary>The mark of taking the step back.</summary>
    public static EffectMark OfUndo(StepContext context) => With(context, context.Marker + "-undo");

    /// <summary>The same mark with one more word.</summary>
    public EffectMark And(string name, string value) => this with { Annotations = new Dictionary<string, string>(Annotations) { [name] = value } };

    private static EffectMark With(StepContext context, string marker) => new(
        marker,
        new Dictionary<string, string>
        {
            [Kubernetes.Annotations.Run] = context.Run.ToString(CultureInfo.InvariantCulture),
            [Kubernetes.Annotations.Step] = context.Step.Name,
            [Kubernetes.Annotations.Epoch] = context.Epoch.ToString(CultureInfo.InvariantCulture),
            [Kubernetes.Annotations.Marker] = marker,
        });
}
