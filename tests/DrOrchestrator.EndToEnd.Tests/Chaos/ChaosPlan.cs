using System.Globalization;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>What becomes of the primary.</summary>
internal enum PrimaryFate
{
    /// <summary>SIGKILL.</summary>
    Killed,

    /// <summary>SIGSTOP for good.</summary>
    Frozen,

    /// <summary>SIGSTOP, and SIGCONT some time later, whatever the drill has done meanwhile.</summary>
    FrozenAndWoken,
}

/// <summary>A moment at which the orchestrator is killed: some time after it has told so many events of the run.</summary>
internal sealed record ChaosKill(int AfterEvents, TimeSpan Delay);

/// <summary>What one run of chaos does, all of it decided by its seed: the same seed asks for the same again.</summary>
internal sealed record ChaosPlan(int Seed, PrimaryFate Fate, TimeSpan Strikes, TimeSpan Wakes, bool Synchronous, IReadOnlyList<ChaosKill> Kills)
{
    /// <summary>An undisturbed run tells about this many events.</summary>
    private const int Events = 43;

    public static ChaosPlan Of(int seed)
    {
        var random = new Random(seed);
        var kills = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => new ChaosKill(random.Next(1, Events), TimeSpan.FromMilliseconds(random.Next(0, 60))))
            .OrderBy(kill => kill.AfterEvents)
            .ToList();
        return new ChaosPlan(
            seed,
            (PrimaryFate)random.Next(3),
            TimeSpan.FromMilliseconds(random.Next(0, 600)),
            TimeSpan.FromMilliseconds(random.Next(300, 6000)),
            random.Next(4) != 0,
            kills);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: primary {Fate} after {Strikes.TotalMilliseconds:0} ms{(Fate is PrimaryFate.FrozenAndWoken ? $", woken {Wakes.TotalMilliseconds:0} ms later" : "")}, {(Synchronous ? "synchronous" : "asynchronous")}, kills after {string.Join(", ", Kills.Select(kill => $"{kill.AfterEvents} events + {kill.Delay.TotalMilliseconds:0} ms"))}");
}
