using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Verifier;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>One failover of real PostgreSQL whose orchestrator is killed on the way, and everything its judge wants to know.</summary>
/// <param name="Waits">What the run waited for that no persona answers, each as it said so.</param>
/// <param name="Lost">Rows acknowledged at the old side that the new one has not.</param>
/// <param name="Timelines">Timeline of the new primary: one more than at first when it was promoted once.</param>
internal sealed record ChaosRun(
    RunView View, int Killed, IReadOnlyList<string> Waits, IReadOnlyList<long> Lost, int Timelines, bool Overlapped, int AcceptedAtDr, IReadOnlyList<RunEvent> Events, VerificationReport Pack)
{
    public static async Task<ChaosRun> CarryAsync(string folder, ChaosPlan plan)
    {
        await using DatabasePair pair = await DatabasePair.StartAsync(folder, plan.Synchronous);
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Estate, Path.Combine(folder, "server"), more: ["--allow-command", pair.HostProgram]);
        using ApiClient api = server.Client(pair.People.Requester);
        await Patience.UntilAsync("the ledger is up", Patience.Start, async () => (await api.StatusAsync())["systems"]![0]!["state"]!.GetValue<string>() == "up");
        long id = await api.StartAsync("postgres-failover");
        Task? strike = null;
        int killed = 0;
        await using var operators = new ChaosOperator(server, pair.People, id);
        DrillRun run;
        await using (new Personas(server, pair.People, item => item.Kind is "resume" or "retry" or "step-observation"))
        {
            int told = 0;
            run = await DrillRun.FollowAsync(server, pair.People, id, async happened =>
            {
                told++;
                if (happened is { Kind: JournalKinds.Intent, Step: "detect" })
                {
                    strike ??= StrikeAsync(pair.Primary, plan);
                }

                if (killed < plan.Kills.Count && told >= plan.Kills[killed].AfterEvents)
                {
                    await Patience.PauseAsync(plan.Kills[killed].Delay);
                    killed++;
                    await server.KillAsync();
                    await server.StartAgainAsync();
                }
            });
        }

        await (strike ?? throw new InvalidOperationException($"the run never came to detect: {run.View.Outcome}, {run.View.Failure}"));
        if (run.View.Promoted is not null)
        {
            await pair.AtDr.WaitForAsync(20);
        }

        IReadOnlyList<(long Number, long SentAt, long At)> old = pair.AtPrimary.Acknowledged, young = pair.AtDr.Acknowledged;
        return new ChaosRun(
            run.View,
            killed,
            operators.Answered,
            run.View.Promoted is null ? [] : await pair.LostAsync(),
            await pair.Dr.ScalarAsync<int>("SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"),
            young.Count > 0 && old.Count > 0 && old[^1].At >= young[0].At,
            young.Count,
            run.Events,
            await VerifyAsync(server, run.View.Id, Path.Combine(folder, "pack.zip")));
    }

    private static async Task StrikeAsync(PostgresServer primary, ChaosPlan plan)
    {
        await Patience.PauseAsync(plan.Strikes);
        switch (plan.Fate)
        {
            case PrimaryFate.Killed:
                await primary.KillAsync();
                break;
            case PrimaryFate.Frozen:
                await primary.StandStillAsync();
                break;
            case PrimaryFate.FrozenAndWoken:
                await primary.StandStillAsync();
                await Patience.PauseAsync(plan.Wakes);
                await primary.GoOnAsync();
                break;
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
