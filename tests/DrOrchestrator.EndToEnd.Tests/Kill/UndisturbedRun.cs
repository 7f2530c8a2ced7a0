using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>The same run of the same host without a single kill: what the others are held against.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    private static readonly string[] WithoutEffect = ["wait", "probe", "recovery-point", "task", "approval", "k8s.rollout", "k8s.wait", "cnpg.follow"];

    internal LabRun Run { get; private set; } = null!;

    internal IReadOnlyList<string> AllSteps => [.. Run.View.Steps.Select(step => step.Name)];

    internal IReadOnlyList<string> StepsWithEffect => [.. Run.View.Steps.Where(step => !WithoutEffect.Contains(step.Kind)).Select(step => step.Name)];

    public Task InitializeAsync() => WorkFolder.UseAsync(async folder => Run = await LabRun.CarryAsync(folder, order: null), "undisturbed");

    public Task DisposeAsync() => Task.CompletedTask;
}
