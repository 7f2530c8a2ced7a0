using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Web.Tests;

/// <summary>Runs a test writes by hand, behind the engine's ports.</summary>
internal sealed class FakeDrills : IDrills, IRunCarrier, IRunDiffs
{
    private readonly Lock _gate = new();
    private readonly List<RunEvent> _events = [];
    private readonly List<Channel<bool>> _watchers = [];
    private bool _closed;

    public List<RunView> Runs { get; } = [];

    public List<PendingItem> Items { get; } = [];

    public ConcurrentQueue<long> Carried { get; } = new();

    /// <summary>How long a run keeps its worker.</summary>
    public Func<long, CancellationToken, Task> Carrying { get; set; } = (_, _) => Task.CompletedTask;

    public List<StartRequest> Requests { get; } = [];

    public Func<StartRequest, StartResult>? OnStart { get; set; }

    /// <summary>Thrown when a run is to be shown.</summary>
    public Exception? OnShow { get; set; }

    public Func<string, AnswerResult>? OnAnswer { get; set; }

    public List<(string Item, string Person, bool Confirmed, string? Note, RawOutput? Attachment)> Spoken { get; } = [];

    public int Watching => Volatile.Read(ref _watching);

    private int _watching;

    public Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        return Task.FromResult(OnStart?.Invoke(request) ?? new StartResult.Started(Runs[0].Id));
    }

    public Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken)
    {
        Spoken.Add((item, person.Id, confirmed, note, attachment));
        return Task.FromResult(OnAnswer!(item));
    }

    public Task<AnswerResult> SettleDutyAsync(long run, string fence, Person person, string reason, CancellationToken cancellationToken)
    {
        Spoken.Add(($"settle {fence}", person.Id, true, reason, null));
        return Task.FromResult(OnAnswer!($"settle {fence}"));
    }

    public Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken)
    {
        Spoken.Add(("review", person.Id, true, reason, null));
        return Task.FromResult(OnAnswer!("review"));
    }

    public List<(long Run, RunOrder Order, string Person, string? Reason)> Orders { get; } = [];

    public Func<RunOrder, AnswerResult>? OnOrder { get; set; }

    public Task<AnswerResult> OrderAsync(long run, RunOrder order, Person person, string? reason, CancellationToken cancellationToken)
    {
        Orders.Add((run, order, person.Id, reason));
        return Task.FromResult(OnOrder?.Invoke(order) ?? new AnswerResult(true, "accepted", "on record"));
    }

    public Task<IReadOnlyList<RunView>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunView>>([.. Runs]);

    public Task<RunView?> ShowAsync(long run, CancellationToken cancellationToken) =>
        OnShow is { } failure ? throw failure : Task.FromResult(Runs.FirstOrDefault(known => known.Id == run));

    public Task<IReadOnlyList<PendingItem>> PendingAsync(Person? person, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PendingItem>>([.. Items.Where(item => person is null || item.Role == "approver" && person.Roles.Contains(PersonRole.Approver))]);

    public async IAsyncEnumerable<RunEvent> WatchAsync(long run, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changed = Channel.CreateUnbounded<bool>();
        lock (_gate)
        {
            _watchers.Add(changed);
        }

        Interlocked.Increment(ref _watching);
        try
        {
            while (true)
            {
                List<RunEvent> fresh;
                bool closed;
                lock (_gate)
                {
                    fresh = [.. _events.Where(happened => happened.Sequence > afterSequence)];
                    closed = _closed;
                }

                foreach (var happened in fresh)
                {
                    afterSequence = happened.Sequence;
                    yield return happened;
                }

                if (closed)
                {
                    yield break;
                }

                await changed.Reader.ReadAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _watching);
        }
    }

    /// <summary>By plans that hold the runs' own steps; the second plan gives its first step more time.</summary>
    public Task<RunDiff?> OfAsync(long a, long b, CancellationToken cancellationToken) => Task.FromResult(
        Runs.FirstOrDefault(run => run.Id == a) is { } first && Runs.FirstOrDefault(run => run.Id == b) is { } second
            ? RunDiffer.Of(first, PlanOf(first, TimeSpan.FromSeconds(30)), null, second, PlanOf(second, TimeSpan.FromSeconds(90)), null)
            : null);

    public void Happen(RunEvent happened, bool closes = false)
    {
        lock (_gate)
        {
            _events.Add(happened);
            _closed |= closes;
            _watchers.ForEach(watcher => watcher.Writer.TryWrite(true));
        }
    }

    public Task CarryAsync(long run, CancellationToken cancellationToken)
    {
        Carried.Enqueue(run);
        return Carrying(run, cancellationToken);
    }

    public Task<IReadOnlyList<long>> OpenRunsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<long>>([.. Runs.Where(run => run.ClosedAt is null).Select(run => run.Id)]);

    private static Plan PlanOf(RunView run, TimeSpan firstTimeout) => new FakePlans().All[0] with
    {
        Steps = [.. run.Steps.Select((step, i) => new PlanStep(
            step.Name, step.Kind, new Dictionary<string, string>(), step.Site, StepParameters.None, [], null, null, false, i == 0 ? firstTimeout : TimeSpan.FromSeconds(30), 0, null))],
    };
}
