using System.Globalization;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// <c>backups-verified</c>: the newest restore check (恢复验证, a run of a plan of kind <c>restore</c>) of each system of the plan passed and is young enough (7.4 c). A backup that was
/// written and never restored counts for nothing here.
/// </summary>
internal sealed class BackupsVerifiedGate(IDrillJournal journal, ProcessClock clock) : IGateKind
{
    public StepKindShape Shape { get; } = new(
        "backups-verified",
        StepEffect.None,
        NeedsSite: false,
        "The newest restore check of each system of the plan passed, and is younger than a limit.",
        [new ParameterShape("within", ParameterType.Duration, true, "Largest age of the check, counted from its end.")],
        []);

    public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        var within = parameters.Duration("within", TimeSpan.Zero);
        var newest = await NewestAsync(plan.Systems, cancellationToken).ConfigureAwait(false);
        var now = clock.Now;
        return [.. plan.Systems.Select(system => Judge(system, newest.GetValueOrDefault(system), within, now))];
    }

    /// <summary>The result for one system; pure.</summary>
    internal static GateResult Judge(string system, RestoreCheckRun? newest, TimeSpan within, DateTimeOffset now)
    {
        var check = $"backups-verified {system}";
        var limit = $"passed within {Durations.Format(within)}";
        const string remedy = "Run a restore check of the system and have it pass (dro drill start, a plan of kind restore).";
        if (newest is null)
        {
            return new GateResult(check, false, "no restore check is on record", limit, "runs on record", TimeSpan.Zero, remedy);
        }

        // A clock that was set back makes no check younger than now.
        var age = now > newest.ClosedAt ? now - newest.ClosedAt : TimeSpan.Zero;
        var passed = newest.Outcome is RunOutcome.Passed && age <= within;
        var value = string.Create(CultureInfo.InvariantCulture, $"run {newest.Run} {newest.Outcome}, closed {newest.ClosedAt:yyyy-MM-dd HH:mm}Z");
        return new GateResult(check, passed, value, limit, "runs on record", age, passed ? "" : remedy);
    }

    /// <summary>The newest closed restore check of each system. Aborted ones were not carried out, and a tabletop restores nothing.</summary>
    private async Task<IReadOnlyDictionary<string, RestoreCheckRun>> NewestAsync(IReadOnlyList<string> systems, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, RestoreCheckRun>(StringComparer.Ordinal);
        foreach (var number in (await journal.RunsAsync(openOnly: false, cancellationToken).ConfigureAwait(false)).Reverse())
        {
            if (systems.All(found.ContainsKey))
            {
                break;
            }

            var run = new DrillRun(number, await journal.ReadAsync(number, 0, cancellationToken).ConfigureAwait(false));
            if (run is not { Closed: { } closed, ClosedAt: { } closedAt } || run.Opened.OptionalText("kind") != JournalJson.Word(DrillKind.Restore) || run.Mode is RunMode.Tabletop
                || closed.Text("outcome") is RunOutcome.Aborted or RunOutcome.PreEmpted)
            {
                continue;
            }

            foreach (var system in run.Opened.Texts("systems"))
            {
                found.TryAdd(system, new RestoreCheckRun(number, closed.Text("outcome"), closedAt));
            }
        }

        return found;
    }
}

/// <summary>A restore check that was carried out to its end.</summary>
/// <param name="Outcome">A word of <see cref="RunOutcome"/>.</param>
internal sealed record RestoreCheckRun(long Run, string Outcome, DateTimeOffset ClosedAt);
