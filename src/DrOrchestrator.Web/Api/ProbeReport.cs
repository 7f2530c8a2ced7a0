using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Web.Api;

/// <summary>Puts together what is known of probes, for the API and the pages.</summary>
internal sealed class ProbeReport(EstateHolder estates, IServiceWatch watch, IProbeStories stories)
{
    public IReadOnlyList<ProbeSummary> All() => [.. estates.Current.Probes.Select(Summary)];

    public IReadOnlyList<ProbeDocument> Of(string system) => [.. estates.Current.Probes.Where(probe => probe.System == system).Select(Document)];

    /// <summary>Null where the estate has no such probe.</summary>
    public ProbeDocument? Find(string name) => estates.Current.FindProbe(name) is { } probe ? Document(probe) : null;

    private ProbeDocument Document(ProbeDefinition probe) => new(
        Summary(probe),
        [.. watch.Recent(probe.Name).Select(ProbeLookDocument.Of)],
        [.. stories.Failures(probe.Name).Select(story => new FailureDocument(ProbeLookDocument.Of(story.First), ProbeLookDocument.Of(story.Last), story.Count, story.First.Notes ?? []))]);

    private ProbeSummary Summary(ProbeDefinition probe)
    {
        var now = watch.Current(probe.Name);
        return new ProbeSummary(
            probe.Name,
            probe.System,
            probe.Site,
            probe.Role,
            probe.Function,
            probe.Settings.Kind,
            probe.Settings.Target,
            probe.Interval,
            probe.Timeout,
            probe.Confirmations,
            now.State,
            now.Since.At == default ? null : now.Since.At,
            now.Reason,
            now.Newest is { } newest ? ProbeLookDocument.Of(newest) : null);
    }
}
