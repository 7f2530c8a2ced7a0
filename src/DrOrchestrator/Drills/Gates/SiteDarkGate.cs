using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>site-dark</c>: is it really dark, or do I alone not see it? Asked in real incidents only, before an unplanned failover: the probes of the service and those that look at the
/// site, looked at now from here, and as the other vantage points that vote see them. It says nothing of writes: that is what a fence proves.
/// </summary>
internal sealed class SiteDarkGate(IServiceWatch watch, IVantageRoll roll, OtherSights others, ProcessClock clock) : IGateKind
{
    private const string One = "one";

    public StepKindShape Shape { get; } = new(
        "site-dark",
        StepEffect.None,
        NeedsSite: false,
        "A site does not serve, as seen from more than one vantage point; asked in real incidents only.",
        [
            new ParameterShape("site", ParameterType.SiteName, true, "The site that is lost."),
            new ParameterShape("vantage-points", ParameterType.Text, false, "How many must look: several (default), or one where the bank has no second place to look from.", [One, "several"]),
        ],
        [])
    {
        OnlyInReal = true,
    };

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var site = parameters.Text("site");
        var least = parameters.OptionalText("vantage-points") == One ? 1 : 2;
        var probes = SiteDarkJudge.ProbesOf(plan, estate, site);
        if (probes.Count == 0)
        {
            return [new GateResult($"site-dark {site}", false, "unknown: no probe looks at it", SiteDarkJudge.Limit(least), "the estate", TimeSpan.Zero, "Give the site a probe, and the service one by the way users come in.")];
        }

        return await Task.WhenAll(probes.Select(probe => LookAsync(site, probe, least, cancellationToken))).ConfigureAwait(false);
    }

    private async Task<GateResult> LookAsync(string site, ProbeDefinition probe, int least, CancellationToken cancellationToken)
    {
        var look = await watch.LookNowAsync(probe.Name, cancellationToken).ConfigureAwait(false);
        var own = SiteDarkJudge.Own(look, watch.Current(probe.Name).Newest);
        var words = others.WordsOn(probe.Name).Select(word => new VantageLook(word.Vantage, word.SeesDown ? ProbeOutcome.Down : ProbeOutcome.Up, word.Reason));
        var silent = roll.Read().Where(standing => !standing.Votes).Select(standing => standing.Name).ToList();
        return SiteDarkJudge.Judge(site, probe.Name, [own, .. words], silent, least, clock.Now - look.EndedAt);
    }
}

/// <summary>What one vantage point says of a probe.</summary>
internal readonly record struct VantageLook(string Vantage, ProbeOutcome Outcome, string Reason);

/// <summary>Decides whether a site is dark. Pure.</summary>
internal static class SiteDarkJudge
{
    /// <summary>The probes by which the site would be seen to serve: those of the plan's critical functions, by the way users come in, and all that look at the site itself.</summary>
    public static IReadOnlyList<ProbeDefinition> ProbesOf(Plan plan, Estate estate, string site) =>
    [
        .. plan.Systems.Select(estate.FindSystem).OfType<ProtectedSystem>().SelectMany(system =>
            estate.CriticalProbesOf(system).Where(probe => probe.Site is null || probe.Site == site).Concat(estate.ProbesOf(system.Name).Where(probe => probe.Site == site))).Distinct(),
    ];

    /// <summary>
    /// What this vantage point says. A look outside of the loop does not ask the control targets; the loop's newest result did, and where that says that this place cannot look, a
    /// look that found nothing says nothing.
    /// </summary>
    public static VantageLook Own(ProbeResult look, ProbeResult? newest)
    {
        var name = (newest?.Vantage ?? look.Vantage) is { Length: > 0 } vantage ? vantage : "here";
        return look.Outcome is not ProbeOutcome.Down ? new VantageLook(name, look.Outcome, look.Reason)
            : newest is null ? new VantageLook(name, ProbeOutcome.Unknown, "it has not looked before")
            : (newest.Joint?.Own ?? newest.Outcome) is ProbeOutcome.Unknown ? new VantageLook(name, ProbeOutcome.Unknown, newest.Reason)
            : new VantageLook(name, look.Outcome, look.Reason);
    }

    public static string Limit(int least) => least == 1 ? "nobody sees it serve" : "nobody sees it serve, and two or more vantage points look";

    /// <summary>One who sees it serve is enough against it; silence and one look alone are no proof.</summary>
    /// <param name="silent">Vantage points whose word does not count now.</param>
    public static GateResult Judge(string site, string probe, IReadOnlyList<VantageLook> looks, IReadOnlyList<string> silent, int least, TimeSpan age)
    {
        var check = $"site-dark {site} {probe}";
        var source = looks.Count == 1 ? $"probe {probe}" : $"probe {probe} from {looks.Count} vantage points";
        if (looks.Where(look => look.Outcome is ProbeOutcome.Up or ProbeOutcome.Degraded).ToList() is [var first, ..])
        {
            return Result(false, $"it serves, as seen from {first.Vantage}: {first.Reason}", "Do not fail over on this: find out why others do not see it.");
        }

        var down = looks.Where(look => look.Outcome is ProbeOutcome.Down).Select(look => look.Vantage).ToList();
        if (down.Count >= least)
        {
            return Result(true, $"dark, as seen from {string.Join(", ", down)}", "");
        }

        var value = down.Count == 0 ? $"unknown: {looks[0].Vantage} cannot look: {looks[0].Reason}" : $"unknown: only {down[0]} looks";
        return Result(false, value, silent.Count == 0
            ? "Have somebody look from another place, and declare a second vantage point (dro lookout); the plan may say 'vantage-points: one'."
            : $"See why these say nothing: {string.Join(", ", silent)}; have somebody look from there.");

        GateResult Result(bool passed, string value, string remedy) => new(check, passed, value, Limit(least), source, age, remedy);
    }
}
