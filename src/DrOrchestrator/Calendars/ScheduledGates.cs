using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>What <c>gates</c> entries do: read every gate of a plan live, and put each result on record with check, value, limit, source, age and remedy; one that does not pass is a finding.</summary>
internal sealed class ScheduledGates(EstateHolder estates, IPlans plans, PlanGates gates, IFireLedger ledger, ProcessClock clock) : ICalendarWork
{
    /// <summary>Half of <see cref="FireTiming.Grace"/>: what hangs must not make a drill of the same minute late.</summary>
    private static readonly TimeSpan Limit = FireTiming.Grace / 2;

    public IReadOnlyList<string> Kinds { get; } = [CalendarKinds.Gates];

    public async Task FireAsync(CalendarEntry entry, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        if (plans.All.FirstOrDefault(candidate => candidate.Name == entry.Plan) is not { } plan)
        {
            return;
        }

        var results = await ReadAsync(plan, cancellationToken).ConfigureAwait(false);
        var system = plan.Systems.Count == 1 ? plan.Systems[0] : null;
        var (outcome, text) = Judge(plan.Name, results);
        var records = new List<EvidenceDraft> { new("calendar.gates", "system", null, system, Payload(entry, plan, fireTime, outcome, results)) };
        if (outcome is FireOutcome.NotPassed)
        {
            records.Add(new EvidenceDraft("finding.gates-not-passed", "system", null, system, Finding(entry, plan, fireTime, text, results)));
        }

        await ledger.ConcludeAsync([new Fire(entry.Name, fireTime, outcome, null, text, results, clock.Now)], records, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the results come to; pure.</summary>
    internal static (FireOutcome Outcome, string Text) Judge(string plan, IReadOnlyList<GateResult> results) => results.Where(result => !result.Passed).ToList() switch
    {
        [] => (FireOutcome.Passed, $"All {results.Count} gates of plan {plan} passed."),
        [var only] => (FireOutcome.NotPassed, $"Plan {plan} could not be started: {only.Check}: found {only.Value}, asked {only.Limit}. {only.Remedy}"),
        [var first, .. var others] => (FireOutcome.NotPassed, $"Plan {plan} could not be started ({others.Count + 1} gates do not pass): {first.Check}: found {first.Value}, asked {first.Limit}. {first.Remedy}"),
    };

    private async Task<IReadOnlyList<GateResult>> ReadAsync(Plan plan, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await gates.ReadAsync(plan, estates.Current, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return [new GateResult("gates", false, $"no answer within {Durations.Format(Limit)}", "a reading", "all gates of the plan", TimeSpan.Zero, "Find out which of their targets hangs: start a run of the plan, or look at its probes.")];
        }
    }

    private static JsonObject Payload(CalendarEntry entry, Plan plan, DateTimeOffset fireTime, FireOutcome outcome, IReadOnlyList<GateResult> results) => new()
    {
        ["schedule"] = entry.Name,
        ["fireTime"] = fireTime.ToRfc3339(),
        ["plan"] = plan.Name,
        ["planHash"] = plan.Hash,
        ["systems"] = new JsonArray([.. plan.Systems.Select(system => (JsonNode)system)]),
        ["passed"] = outcome is FireOutcome.Passed,
        ["gates"] = new JsonArray([.. results.Select(result => (JsonNode)JournalJson.Gate(result))]),
    };

    private static JsonObject Finding(CalendarEntry entry, Plan plan, DateTimeOffset fireTime, string text, IReadOnlyList<GateResult> results) => new()
    {
        ["schedule"] = entry.Name,
        ["fireTime"] = fireTime.ToRfc3339(),
        ["plan"] = plan.Name,
        ["checks"] = new JsonArray([.. results.Where(result => !result.Passed).Select(result => (JsonNode)result.Check)]),
        ["finding"] = text,
    };
}
