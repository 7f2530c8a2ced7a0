using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Verifier;
using Npgsql;

namespace DrOrchestrator.EndToEnd.Cluster;

/// <summary>A line of a run's journal, as the database has it.</summary>
internal sealed record JournalLine(long Sequence, DateTimeOffset At, long Epoch, string Kind, string? Step, JsonNode Data);

/// <summary>
/// A lab, a real PostgreSQL, and two orchestrators on it: the first has the turn, the second stands by. What became of a run is read in the database itself, past both of them.
/// </summary>
internal sealed class TwoOrchestrators : IAsyncDisposable
{
    /// <summary>The quickstart plan's switch, with steps that are given up sooner: whoever takes over waits for that long.</summary>
    public const string Plan = "quickstart-switch";

    private readonly PostgresServer _postgres;
    private readonly List<Personas> _personas = [];

    private TwoOrchestrators(LabProcess lab, PostgresServer postgres, ServerProcess first, ServerProcess second) => (Lab, _postgres, First, Second) = (lab, postgres, first, second);

    public LabProcess Lab { get; }

    public ServerProcess First { get; }

    public ServerProcess Second { get; }

    /// <param name="executable">What is started in the place of <c>dro</c>.</param>
    public static async Task<TwoOrchestrators> StartAsync(string folder, string? executable = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"), "--replication-delay", "100ms");
        PostgresServer? postgres = null;
        ServerProcess? first = null;
        try
        {
            PlanText.Quickstart(Plan).WithoutWayBack()
                .WithTimeout("fence-primary", "12s").WithTimeout("promote-dr", "12s").WithTimeout("move-traffic", "8s")
                .AddTo(lab);
            postgres = await PostgresServer.StartNewAsync();
            var all = new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>()) { ["DRO_DATABASE"] = postgres.ConnectionString };
            Task<ServerProcess> StartAsync(string name) => ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, name), executable, all, ["--stand-by"]);
            first = await StartAsync("first");

            // One log, one key: as docs/cli.md asks of whoever is to replace another.
            Directory.CreateDirectory(Path.Combine(folder, "second"));
            File.Copy(Path.Combine(first.Data, "evidence.key"), Path.Combine(folder, "second", "evidence.key"));
            return new TwoOrchestrators(lab, postgres, first, await StartAsync("second"));
        }
        catch
        {
            await DisposeAsync(first, postgres, lab);
            throw;
        }
    }

    /// <summary>Starts the run at the one that has the turn, and has its people answer wherever it is carried.</summary>
    public async Task<long> RunAsync()
    {
        using ApiClient api = First.Client(Lab.People.Requester);
        await SteadyState.WaitAsync(api);
        long run = await api.StartAsync(Plan);
        _personas.Add(new Personas(First, Lab.People));
        _personas.Add(new Personas(Second, Lab.People));
        return run;
    }

    /// <summary>Waits for a line of the run.</summary>
    public async Task<JournalLine> LineAsync(long run, string what, Func<JournalLine, bool> which)
    {
        JournalLine? found = null;
        IReadOnlyList<JournalLine> lines = [];
        try
        {
            await Patience.UntilAsync(what, Patience.Run, async () => (found = (lines = await LinesAsync(run)).FirstOrDefault(which)) is not null);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the newest lines:\n{string.Join('\n', lines.TakeLast(12))}", e);
        }

        return found!;
    }

    public async Task<IReadOnlyList<JournalLine>> LinesAsync(long run)
    {
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT sequence, at, epoch, kind, step, data FROM drill_journal WHERE run = $1 ORDER BY sequence", connection) { Parameters = { new() { Value = run } } };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var lines = new List<JournalLine>();
        while (await reader.ReadAsync())
        {
            lines.Add(new JournalLine(
                reader.GetInt64(0),
                DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(1)),
                reader.GetInt64(2),
                reader.GetString(3),
                await reader.IsDBNullAsync(4) ? null : reader.GetString(4),
                JsonNode.Parse(reader.GetString(5))!));
        }

        return lines;
    }

    /// <summary>What <c>/readyz</c> of a server says; null while it does not answer.</summary>
    public static async Task<string?> ReadinessAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.UrlNow, Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync("readyz");
            return await answer.Content.ReadAsStringAsync();
        }
        catch (Exception e) when (NoAnswer.Is(e))
        {
            return null;
        }
    }

    public static Task HasTurnAsync(ServerProcess server) => Patience.UntilAsync("it has the turn", Patience.Run, async () => await ReadinessAsync(server) == "ready");

    public static Task StandsByAsync(ServerProcess server) => Patience.UntilAsync("it stands by", Patience.Run, async () => await ReadinessAsync(server) == "standing by");

    /// <summary>What a server that stands by answers to whoever wants something of it.</summary>
    public static async Task<(HttpStatusCode Status, string Body)> AskAsync(ServerProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.UrlNow };
        using HttpResponseMessage answer = await http.GetAsync("api/v1/status");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The evidence of the run, exported by whoever has the turn and verified by <c>dro verify</c> as a process of its own; its exit code and what it said.</summary>
    public static async Task<(int Code, string Text)> VerifyAsync(string folder, ServerProcess server, long run)
    {
        string pack = Path.Combine(folder, "pack.zip");
        using (ApiClient api = server.Client())
        {
            await api.ExportAsync(run, pack);
            string fingerprint = await api.FingerprintAsync();
            await using Child verify = Child.Start(Child.Dro, ["evidence", "verify", pack, "--key-fingerprint", fingerprint], Path.Combine(folder, "verify.log"));
            return (await verify.WaitAsync(Patience.Start), await verify.ReadLogAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Personas personas in _personas)
        {
            await personas.DisposeAsync();
        }

        await DisposeAsync(Second, First, _postgres, Lab);
    }

    private static async Task DisposeAsync(params IEnumerable<IAsyncDisposable?> what)
    {
        foreach (IAsyncDisposable? one in what)
        {
            if (one is not null)
            {
                await one.DisposeAsync();
            }
        }
    }
}
