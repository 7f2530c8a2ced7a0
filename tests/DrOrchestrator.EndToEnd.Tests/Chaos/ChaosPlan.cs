using System.Globalization;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>What becomes of the primary.</summary>
internal enum PrimaryFate
{
    /// <summary>SIGKILL.</summary>
    Killed,

    /// <summary>SIGKILL, and somebody at its host starts it again some time later, with the data it has.</summary>
    Restarted,

    /// <summary>SIGSTOP for good.</summary>
    Frozen,

    /// <summary>SIGSTOP, and SIGCONT some time later.</summary>
    Woken,

    /// <summary>Packets to and from it are dropped, nothing is reset; some time later they come through again. Its own clients reach it all the time.</summary>
    CutOff,

    /// <summary>Nothing.</summary>
    Spared,
}

/// <summary>A moment at which the orchestrator is killed: some time after it has told so many events of the run, or of its steps.</summary>
internal sealed record ChaosKill(bool OfSteps, int AfterEvents, TimeSpan Delay);

/// <summary>The primary's host, the only one that can fence it, cannot be asked.</summary>
/// <param name="After">From the first step on.</param>
internal sealed record HostAbsence(TimeSpan After, TimeSpan Length);

/// <summary>What one run of chaos does, all of it decided by its seed: the same seed asks for the same again.</summary>
/// <param name="Planned">A planned switchover and back; else a failover.</param>
/// <param name="Strikes">When the fate comes: from the first step on.</param>
/// <param name="Returns">When it is over, for a fate that ends: after the interruption was detected, or a person was asked before that; of a switchover after it began.</param>
internal sealed record ChaosPlan(
    int Seed, bool Planned, PrimaryFate Fate, TimeSpan Strikes, TimeSpan Returns, bool Synchronous, HostAbsence? Absence, IReadOnlyList<ChaosKill> Kills)
{
    /// <summary>Undisturbed runs tell about this many events: gates and approvals, then the steps.</summary>
    private const int EventsBefore = 30;

    private const int FailoverEvents = 32;

    private const int SwitchoverEvents = 48;

    public static ChaosPlan Of(int seed)
    {
        var random = new Random(seed);
        bool planned = random.Next(4) == 0;

        // A planned switch waits for a primary that is gone for as long as people wait: there it always comes back.
        PrimaryFate[] fates = planned
            ? [PrimaryFate.Spared, PrimaryFate.Spared, PrimaryFate.Restarted, PrimaryFate.Woken, PrimaryFate.CutOff]
            : [PrimaryFate.Killed, PrimaryFate.Restarted, PrimaryFate.Frozen, PrimaryFate.Woken, PrimaryFate.CutOff];
        return new ChaosPlan(
            seed,
            planned,
            fates[random.Next(fates.Length)],
            TimeSpan.FromMilliseconds(random.Next(0, planned ? 3000 : 600)),
            TimeSpan.FromMilliseconds(random.Next(0, 5000)),
            random.Next(4) != 0,
            random.Next(3) == 0 ? new HostAbsence(TimeSpan.FromMilliseconds(random.Next(0, 4000)), TimeSpan.FromMilliseconds(random.Next(500, 10_000))) : null,
            [.. Enumerable.Range(0, random.Next(1, 4))
                .Select(_ => KillOf(random, planned))
                .OrderBy(kill => kill.OfSteps)
                .ThenBy(kill => kill.AfterEvents)]);
    }

    /// <summary>Most of them fall among the steps, where the effects are.</summary>
    private static ChaosKill KillOf(Random random, bool planned)
    {
        bool ofSteps = random.Next(5) != 0;
        return new ChaosKill(ofSteps, random.Next(1, !ofSteps ? EventsBefore : planned ? SwitchoverEvents : FailoverEvents), TimeSpan.FromMilliseconds(random.Next(0, 60)));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: {(Planned ? "switchover" : "failover")}, {(Synchronous ? "synchronous" : "asynchronous")}, primary {Fate}{(Fate is PrimaryFate.Spared ? "" : $" after {Strikes.TotalMilliseconds:0} ms")}{(Fate is PrimaryFate.Restarted or PrimaryFate.Woken or PrimaryFate.CutOff ? $", back {Returns.TotalMilliseconds:0} ms later" : "")}, {(Absence is null ? "" : $"its host away after {Absence.After.TotalMilliseconds:0} ms for {Absence.Length.TotalMilliseconds:0} ms, ")}orchestrator killed after {string.Join(", ", Kills.Select(kill => $"{kill.AfterEvents} {(kill.OfSteps ? "step events" : "events")} + {kill.Delay.TotalMilliseconds:0} ms"))}");
}
