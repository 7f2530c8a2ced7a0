using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;

namespace DrOrchestrator.Web.Api;

/// <summary>Answer of <c>GET /drills/{id}/progress</c>: where a run stands, for whoever watches it.</summary>
/// <param name="Done">Steps of the plan's graph that are done, way back included.</param>
/// <param name="Total">All steps of the plan's graph, way back included.</param>
/// <param name="Running">Steps that run now.</param>
/// <param name="Clocks">One per system of the run whose service is interrupted now: the clock against the limit, and the projected end.</param>
/// <param name="WaitsFor">What waits for people, and for whom.</param>
/// <param name="ExpectedSeconds">What was forecast when it was opened (p50); null where nothing was.</param>
public sealed record RunProgress(
    long Id,
    DateTimeOffset At,
    string Plan,
    string Outcome,
    string Phase,
    string? WaitingFor,
    int Done,
    int Total,
    IReadOnlyList<string> Running,
    IReadOnlyList<RunClock> Clocks,
    IReadOnlyList<WaitedFor> WaitsFor,
    double? ExpectedSeconds);

/// <summary>The clock of an interruption that goes on (verdict rule 6: from the last good result).</summary>
/// <param name="ProjectedEnd">Null where nothing is forecast.</param>
/// <param name="Exceeds">The clock, or the projection, is over the limit.</param>
public sealed record RunClock(string System, TimeSpan Elapsed, TimeSpan? Limit, DateTimeOffset? LimitAt, DateTimeOffset? ProjectedEnd, bool Exceeds);

/// <summary>Something that waits for a person.</summary>
/// <param name="People">Who may answer it, by the same rules as an answer is judged; empty where nobody may.</param>
public sealed record WaitedFor(string Kind, string Item, string Role, IReadOnlyList<string> People, DateTimeOffset? Deadline);

/// <summary>Puts together where a run stands.</summary>
internal sealed class DrillProgress(IDrills drills, ISystemStatuses statuses, EstateHolder estates, ProcessClock clock)
{
    /// <summary>Null where there is no such run.</summary>
    public async Task<RunProgress?> ReadAsync(long id, CancellationToken cancellationToken)
    {
        if (await drills.ShowAsync(id, cancellationToken) is not { } run)
        {
            return null;
        }

        var isOpen = run.ClosedAt is null;
        return new RunProgress(
            run.Id,
            clock.Now,
            run.Plan,
            run.Outcome,
            run.Phase,
            run.WaitingFor,
            run.Steps.Count(step => step.State == "done"),
            run.Steps.Count,
            [.. run.Steps.Where(step => step.State == "running").Select(step => step.Name)],
            isOpen ? await ClocksAsync(run, cancellationToken) : [],
            isOpen ? await WaitsForAsync(id, cancellationToken) : [],
            run.Forecast?.P50Seconds);
    }

    private async Task<IReadOnlyList<RunClock>> ClocksAsync(RunView run, CancellationToken cancellationToken) =>
    [
        .. from status in await statuses.ReadAsync(cancellationToken)
           where run.Systems.Contains(status.Name)
           let running = status.Recovery.Running
           where running is not null
           select new RunClock(status.Name, running.Elapsed, running.Limit, running.LimitAt, running.ProjectedEnd, running.Exceeds),
    ];

    private async Task<IReadOnlyList<WaitedFor>> WaitsForAsync(long id, CancellationToken cancellationToken)
    {
        var items = (await drills.PendingAsync(null, cancellationToken)).Where(item => item.Run == id).ToList();
        if (items.Count == 0)
        {
            return [];
        }

        // Asked of the desk itself, person by person: who asked for a run or wrote its plan may not answer all that their role may.
        var answerable = new List<(string Person, IReadOnlyList<PendingItem> Items)>();
        foreach (var person in estates.Current.People.Where(person => person.Roles.Any(role => items.Exists(item => item.Role == Roles.Word(role)))))
        {
            answerable.Add((person.Id, await drills.PendingAsync(person, cancellationToken)));
        }

        return
        [
            .. items.Select(item => new WaitedFor(
                item.Kind,
                item.Name,
                item.Role,
                [.. answerable.Where(one => one.Items.Any(open => open.Run == id && open.Name == item.Name)).Select(one => one.Person)],
                item.Deadline)),
        ];
    }
}
