using System.Globalization;
using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Verifier;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>Where the host is to kill itself.</summary>
/// <param name="Boundary">Word of <c>DRO_KILL_BOUNDARY</c>.</param>
/// <param name="Steps">Null: every step of the plan.</param>
internal sealed record KillOrder(string Boundary, IReadOnlyList<string>? Steps);

/// <summary>One whole run of the quickstart plan in a lab of its own, and everything its judge wants to know.</summary>
/// <param name="Kills">Steps at which the host has killed itself, in order.</param>
/// <param name="Exits">Exit codes of the host's deaths.</param>
/// <param name="Markers">Markers found in the ledger after the end, by leg.</param>
internal sealed record LabRun(
    RunView View,
    IReadOnlyList<LabRequest> Requests,
    IReadOnlyList<Acknowledgement> Direct,
    IReadOnlyList<string> Kills,
    IReadOnlyList<int> Exits,
    IReadOnlyDictionary<string, IReadOnlySet<string>> Markers,
    VerificationReport Pack)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    // Draining waits for as long; markers are lost at this delay as well.
    private const string ReplicationDelay = "100ms";

    // Not at every tick: the answer is a whole run, and the server is busy with carrying it.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public TimeSpan Took => View.ClosedAt!.Value - View.OpenedAt;

    /// <summary>Where the run's time went, step by step, in seconds since it was opened.</summary>
    public string Timetable() => string.Join('\n', View.Steps.Select(step => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Name,-26} {Since(step.StartedAt),6:0.00} {Since(step.EndedAt),6:0.00} {(step.EndedAt - step.StartedAt)?.TotalSeconds,6:0.00}"))
        .Append(string.Create(CultureInfo.InvariantCulture, $"{"closed",-33} {Took.TotalSeconds,6:0.00}")));

    /// <param name="prepare">What is to be done with the lab before a server reads its estate.</param>
    public static async Task<LabRun> CarryAsync(string folder, KillOrder? order, Func<LabProcess, Task>? prepare = null)
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"), "--replication-delay", ReplicationDelay);
        if (prepare is not null)
        {
            await prepare(lab);
        }

        string kills = Path.Combine(folder, "kills");
        var environment = new Dictionary<string, string?>();
        if (order is not null)
        {
            environment["DRO_KILL_BOUNDARY"] = order.Boundary;
            environment["DRO_KILL_STEPS"] = order.Steps is null ? "all" : string.Join(',', order.Steps);
            environment["DRO_KILLS_FILE"] = kills;
        }

        string host = Path.Combine(AppContext.BaseDirectory, "DrOrchestrator.TestHost");
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"), host, environment);
        RunView view;
        IReadOnlyList<int> exits;
        IReadOnlyList<Acknowledgement> direct;
        await using (var writer = new DirectWriter(lab))
        {
            long run;
            using (ApiClient api = server.Client(lab.People.Requester))
            {
                await SteadyState.WaitAsync(api);
                run = await api.StartAsync(Harness.DrillRun.Quickstart);
            }

            await using var personas = new Personas(server, lab.People);
            await using var supervisor = new Supervisor(server);
            view = await UntilClosedAsync(server, supervisor, lab.People, run);
            exits = [.. supervisor.Exits];
            direct = writer.Acknowledged;
        }

        return new LabRun(
            view,
            await lab.RequestsAsync(),
            direct,
            File.Exists(kills) ? File.ReadAllLines(kills) : [],
            exits,
            new Dictionary<string, IReadOnlySet<string>>
            {
                ["failover"] = await lab.EntriesAsync("primary", $"{view.Mark}-failover-"),
                ["switchback"] = await lab.EntriesAsync("primary", $"{view.Mark}-switchback-"),
            },
            await VerifyAsync(server, view.Id, PackIn(folder)));
    }

    /// <summary>The run's audit pack, as <see cref="CarryAsync"/> has left it.</summary>
    public static string PackIn(string folder) => Path.Combine(folder, "pack.zip");

    private double? Since(DateTimeOffset? moment) => (moment - View.OpenedAt)?.TotalSeconds;

    private static async Task<RunView> UntilClosedAsync(ServerProcess server, Supervisor supervisor, LabPeople people, long run)
    {
        RunView? view = null;
        await Patience.UntilAsync($"run {run} is closed", Limit, async () =>
        {
            if (supervisor.Exits.FirstOrDefault(code => code != Supervisor.Killed) is not 0 and var code)
            {
                throw new InvalidOperationException($"the host ended by itself with {code}");
            }

            try
            {
                using ApiClient api = server.Client(people.Requester);
                view = await api.RunAsync(run);
            }
            catch (Exception e) when (NoAnswer.Is(e))
            {
                // It has just been killed.
            }

            await Patience.PauseAsync(Look);

            // A run that waits for a word on how to go on will never be closed: its personas leave that to people.
            return view?.ClosedAt is not null || view?.WaitingFor?.StartsWith("resume", StringComparison.Ordinal) == true;
        });
        return view!;
    }

    private static async Task<VerificationReport> VerifyAsync(ServerProcess server, long run, string file)
    {
        using ApiClient api = server.Client();
        await api.ExportAsync(run, file);
        await using FileStream pack = File.OpenRead(file);
        return PackVerifier.Verify(pack, new VerifyOptions(await api.FingerprintAsync()));
    }
}
