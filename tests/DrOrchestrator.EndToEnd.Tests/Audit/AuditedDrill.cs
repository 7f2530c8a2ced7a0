using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Audit;

/// <summary>One whole drill, watched from outside in every way at once; its tests only compare.</summary>
public sealed class AuditedDrill : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", nameof(AuditedDrill));
    private LabProcess? _lab;
    private MarkerProxy? _proxy;

    internal LabProcess Lab => _lab!;

    internal DrillRun Run { get; private set; } = null!;

    /// <summary>What the client outside saw.</summary>
    internal IReadOnlyList<OutsideWrite> Writes { get; private set; } = [];

    /// <summary>Ids of all markers in the new primary's own store, read while the run stood between the switch and the way back.</summary>
    internal IReadOnlySet<string> SurvivorsAfterSwitch { get; private set; } = new HashSet<string>();

    internal IReadOnlyList<PassedMarker> Markers(string leg) => _proxy!.Of($"{Run.View.Mark}-{leg}-");

    public async Task InitializeAsync()
    {
        Clear();
        _lab = await LabProcess.StartAsync(Path.Combine(_folder, "lab"));
        _proxy = await MarkerProxy.StartAsync(_lab);
        await using ServerProcess server = await ServerProcess.StartAsync(_lab.Estate, Path.Combine(_folder, "server"));
        await using var outside = new OutsideClient(_lab.FrontDoor);
        Run = await DrillRun.ToEndAsync(server, _lab.People, onEvent: ReadSurvivorsAsync);
        Writes = await outside.StopAsync();
    }

    public async Task DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }

        if (Run?.View.Outcome == "passed")
        {
            Clear();
        }
    }

    private async Task ReadSurvivorsAsync(RunEvent happened)
    {
        if (happened is { Kind: "step.outcome", Step: "count-loss" })
        {
            SurvivorsAfterSwitch = await Lab.EntriesAsync("dr", "dro-");
        }
    }

    private void Clear()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
