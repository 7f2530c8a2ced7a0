using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>A run from its start to its end, with what was said of it on the way.</summary>
internal sealed record DrillRun(RunView View, IReadOnlyList<RunEvent> Events)
{
    public const string Quickstart = "quickstart-failover";

    /// <summary>Waits for the steady state, starts a run, has the personas answer, and waits until it is closed.</summary>
    /// <param name="onEvent">Called with each event, as it comes.</param>
    /// <param name="question">A question that nobody answers before <paramref name="onEvent"/> has come back from the event that asks it.</param>
    public static async Task<DrillRun> ToEndAsync(ServerProcess server, LabPeople people, string plan = Quickstart, Func<RunEvent, Task>? onEvent = null, string? question = null)
    {
        using ApiClient api = server.Client(people.Requester);
        await SteadyState.WaitAsync(api);
        long run = await api.StartAsync(plan);
        bool acted = false;
        await using var personas = new Personas(server, people, item => item.Name == question && !Volatile.Read(ref acted));
        return await FollowAsync(server, people, run, async happened =>
        {
            await (onEvent?.Invoke(happened) ?? Task.CompletedTask);
            if (happened.Kind == JournalKinds.Asked && happened.Step == question)
            {
                Volatile.Write(ref acted, true);
            }
        });
    }

    /// <summary>Follows a run that was started, over restarts of the server, until it is closed.</summary>
    public static async Task<DrillRun> FollowAsync(ServerProcess server, LabPeople people, long run, Func<RunEvent, Task>? onEvent = null, TimeSpan? within = null)
    {
        TimeSpan patience = within ?? Patience.Run;
        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        var events = new List<RunEvent>();
        try
        {
            while (true)
            {
                using ApiClient api = server.Client(people.Requester);
                await ReadAsync(api, run, events, onEvent, limit.Token);
                if (await ClosedAsync(api, run, limit.Token) is { } closed)
                {
                    return new DrillRun(closed, events);
                }

                await Patience.PauseAsync(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Run {run} was not closed within {patience.TotalSeconds:0} s. The last that was heard of it:\n{string.Join('\n', events.TakeLast(12).Select(e => $"{e.At:HH:mm:ss.fff} {e.Kind} {e.Step} {e.Text}"))}");
        }
    }

    public StepView Step(string name) => View.Steps.Single(s => s.Name == name);

    private static async Task ReadAsync(ApiClient api, long run, List<RunEvent> events, Func<RunEvent, Task>? onEvent, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (RunEvent happened in api.EventsAsync(run, events.Count > 0 ? events[^1].Sequence : -1, cancellationToken))
            {
                events.Add(happened);
                if (onEvent is not null)
                {
                    await onEvent(happened);
                }
            }
        }
        catch (Exception e) when (NoAnswer.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            // The server died on the way: whoever restarts it lets us go on.
        }
    }

    private static async Task<RunView?> ClosedAsync(ApiClient api, long run, CancellationToken cancellationToken)
    {
        try
        {
            RunView view = await api.RunAsync(run, cancellationToken);
            return view.ClosedAt is null ? null : view;
        }
        catch (Exception e) when (NoAnswer.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
