using System.Text.RegularExpressions;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Verifier;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>One switch of real PostgreSQL whose orchestrator is killed on the way, and everything its judge wants to know.</summary>
/// <param name="Asked">What the run waited for that no persona answers, each as it said so.</param>
/// <param name="Lost">Rows acknowledged at the primary that the other side has not; told where that side was promoted.</param>
/// <param name="Promotions">Switches of the timeline that the servers have seen.</param>
/// <param name="LatePromotions">Requests to promote a server that was promoted already, by its own log: an effect that was asked for twice.</param>
/// <param name="KeptCopies">Data folders put aside by a rebuild, at their hosts: each is one rebuild that really was.</param>
/// <param name="ChangesOfSide">How often rows acknowledged at one side followed those of the other, by the moment they were acknowledged.</param>
/// <param name="Writable">Sides that accept writes at the end.</param>
internal sealed partial record ChaosRun(
    RunView View, int Killed, string CutBy, IReadOnlyList<string> Asked, IReadOnlyList<long> Lost, int Promotions, int LatePromotions, int KeptCopies, int ChangesOfSide,
    IReadOnlyList<string> Writable, IReadOnlyList<RunEvent> Events, VerificationReport Pack)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    /// <param name="ownNetwork">This process runs in a network namespace of its own.</param>
    public static async Task<ChaosRun> CarryAsync(string folder, ChaosPlan plan, bool ownNetwork)
    {
        await using DatabasePair pair = await DatabasePair.StartAsync(folder, plan.Synchronous, ownNetwork);
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Estate, Path.Combine(folder, "server"), more: ["--allow-command", pair.HostProgram]);
        using ApiClient api = server.Client(pair.People.Requester);
        await Patience.UntilAsync("the ledger is up", Patience.Start, async () => (await api.StatusAsync())["systems"]![0]!["state"]!.GetValue<string>() == "up");
        long id = await api.StartAsync(plan.Planned ? "postgres-switchover" : "postgres-failover");
        var blows = new ChaosBlows(pair, plan);
        int killed = 0;
        DrillRun run;
        await using var operators = new ChaosOperator(server, pair.People, id, blows.EndAsync);
        await using (new Personas(server, pair.People, item => item.Kind is "resume" or "retry" or "step-observation"))
        {
            (int told, int ofSteps) = (0, 0);
            run = await DrillRun.FollowAsync(
                server,
                pair.People,
                id,
                async happened =>
                {
                    told++;
                    ofSteps += happened.Kind is JournalKinds.Intent || ofSteps > 0 ? 1 : 0;
                    blows.Heard(happened);
                    if (killed < plan.Kills.Count && (plan.Kills[killed].OfSteps ? ofSteps : told) >= plan.Kills[killed].AfterEvents)
                    {
                        await Patience.PauseAsync(plan.Kills[killed].Delay);
                        killed++;
                        await server.KillAsync();
                        await server.StartAgainAsync();
                    }
                },
                Limit);
        }

        await blows.EndAsync(run.View);
        return new ChaosRun(
            run.View,
            killed,
            pair.Line.Means,
            operators.Answered,
            run.Events.Any(told => told is { Kind: JournalKinds.Outcome, Step: "promote-dr" } && told.Text.Contains("done", StringComparison.Ordinal)) ? await pair.LostAsync() : [],
            Math.Max(await TimelineAsync(pair.Primary), await TimelineAsync(pair.Dr)) - 1,
            LatePromotionsAt(pair.Primary) + LatePromotionsAt(pair.Dr),
            KeptCopiesOf(pair.Primary) + KeptCopiesOf(pair.Dr),
            CountChangesOfSide(pair),
            [.. await ReadWritableAsync(pair)],
            run.Events,
            await VerifyAsync(server, run.View.Id, Path.Combine(folder, "pack.zip")));
    }

    /// <summary>Over all starts of it: each way to start has its own log. Other functions are refused in the same words: what was asked for stands below them.</summary>
    private static int LatePromotionsAt(PostgresServer server) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(server.LogFile)!, Path.GetFileName(server.LogFile) + "*").Sum(log => LatePromotion().Count(File.ReadAllText(log)));

    [GeneratedRegex(@"recovery is not in progress\n(?:[^\n]*HINT:[^\n]*\n)?[^\n]*STATEMENT:(?:[^\n]|\n\t)*pg_promote")]
    private static partial Regex LatePromotion();

    private static int KeptCopiesOf(PostgresServer server) => Directory.Exists(server.DataFolder + ".dro") ? Directory.EnumerateDirectories(server.DataFolder + ".dro", "data", SearchOption.AllDirectories).Count() : 0;

    private static int CountChangesOfSide(DatabasePair pair)
    {
        var rows = pair.AtPrimary.Acknowledged.Select(row => (row.At, Side: 0)).Concat(pair.AtDr.Acknowledged.Select(row => (row.At, Side: 1))).OrderBy(row => row.At).ToList();
        return rows.Zip(rows.Skip(1)).Count(pair => pair.First.Side != pair.Second.Side);
    }

    /// <summary>Zero for a server that is not there.</summary>
    private static async Task<int> TimelineAsync(PostgresServer server) =>
        await AskAsync(server, "SELECT CASE WHEN pg_is_in_recovery() THEN timeline_id ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END FROM pg_control_checkpoint()", 0);

    private static async Task<List<string>> ReadWritableAsync(DatabasePair pair)
    {
        var writable = new List<string>();
        foreach ((string side, PostgresServer server) in new[] { ("primary", pair.Primary), ("dr", pair.Dr) })
        {
            if (!await AskAsync(server, "SELECT pg_is_in_recovery()", true))
            {
                writable.Add(side);
            }
        }

        return writable;
    }

    private static async Task<T> AskAsync<T>(PostgresServer server, string sql, T none)
    {
        try
        {
            return await server.ScalarAsync<T>(sql);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException || NoAnswer.Is(e))
        {
            return none;
        }
    }

    private static async Task<VerificationReport> VerifyAsync(ServerProcess server, long run, string file)
    {
        using ApiClient api = server.Client();
        await api.ExportAsync(run, file);
        await using FileStream pack = File.OpenRead(file);
        return PackVerifier.Verify(pack, new VerifyOptions(await api.FingerprintAsync()));
    }
}
