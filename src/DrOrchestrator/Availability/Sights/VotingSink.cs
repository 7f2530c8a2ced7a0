using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Availability.Sights;

/// <summary>Between the looks and the time line: puts every result to the vote where others look too. Where none does, a result passes at the cost of one comparison.</summary>
internal sealed class VotingSink(OtherSights others, IProbeResultSink next) : IProbeResultSink
{
    public ValueTask AcceptAsync(ProbeDefinition probe, ProbeResult result, CancellationToken cancellationToken)
    {
        if (others.Any && (result.Outcome != ProbeOutcome.Up || others.AnySeesDown(probe.Name)))
        {
            result = VantageVote.Of(result, others.WordsOn(probe.Name), DetectionBound.SightLateness(probe));
        }

        return next.AcceptAsync(probe, result, cancellationToken);
    }
}
