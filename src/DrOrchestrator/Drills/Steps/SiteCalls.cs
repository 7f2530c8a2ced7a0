using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps;

/// <summary>What the Kubernetes kinds share: their site, their parameters, and one way to say that a read failed.</summary>
internal static class SiteCalls
{
    /// <summary>Longest pause between two looks at a site.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static readonly ParameterShape NamespaceParameter = new("namespace", ParameterType.Text, true, "Namespace at the step's site.");

    public static string Site(this StepContext context) => context.Step.Site ?? throw new StepFailedException($"step '{context.Step.Name}' names no site");

    public static string Namespace(this StepContext context) => context.Parameters.Text("namespace");

    public static WorkloadName Workload(this StepContext context) => ParseWorkload(context.Parameters.Text("workload"));

    public static WorkloadName ParseWorkload(string text)
    {
        try
        {
            return WorkloadName.Parse(text);
        }
        catch (FormatException e)
        {
            throw new StepFailedException(e.Message);
        }
    }

    /// <summary>A workload as what a step changes.</summary>
    public static StepTarget Target(this StepContext context, WorkloadName workload) => new("site", context.Site(), context.Namespace(), workload.ToString());

    /// <summary>A read that must succeed before the step can be meant.</summary>
    public static async Task<T> ReadOrFailAsync<T>(string what, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
        {
            throw new StepFailedException($"{what} cannot be read: {failure.Reason}") { MayPass = failure.IsPassing };
        }
    }
}
