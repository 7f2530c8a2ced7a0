using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Dns;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Http;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Drills.Steps.Restores;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Tests.Drills.Steps.Cnpg;
using DrOrchestrator.Tests.Drills.Steps.Dns;
using DrOrchestrator.Tests.Drills.Steps.Namespaces;
using DrOrchestrator.Tests.Drills.Steps.Objects;
using DrOrchestrator.Tests.Drills.Steps.Postgres;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>The same of the way back: whoever took over may be undoing the step by now, or have gone on with the run.</summary>
public sealed partial class LeaseGoneTests
{
    /// <summary>Kinds whose undo sends nothing at all: one ends our own writer, the others have nothing to take back.</summary>
    private static readonly string[] NothingToSend = ["canary", "notify", "postgres.restore-remove", "k8s.namespace-remove"];

    /// <summary>By word: carries the step out and undoes it, under a permit that is over while it looks where <c>standsStill</c>; returns the effects of the undo.</summary>
    private Dictionary<string, Func<bool, Task<int>>> Undos => new()
    {
        ["k8s.patch"] = still => UndoAtTheClusterAsync(new K8sPatchStep(Connections, TimeProvider.System), Bench.Context("k8s.patch", Patch), still),
        ["k8s.apply"] = still => UndoAtTheClusterAsync(new K8sApplyStep(Connections, TimeProvider.System), Bench.ContextOfManifest("ledger", K8sApplyStepTests.Two), still),
        ["k8s.namespace"] = still =>
        {
            PlayedNamespace.Play(Cluster.Objects);
            return UndoAtTheClusterAsync(new K8sNamespaceStep(Connections, TimeProvider.System), Bench.Context("k8s.namespace", """{"prove":"none"}"""), still);
        },
        ["k8s.scale"] = still => UndoAtTheClusterAsync(new K8sScaleStep(Connections, TimeProvider.System), Bench.Context("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}"""), still),
        ["k8s.fence"] = still => UndoAtTheClusterAsync(
            new K8sFenceStep(Connections, TimeProvider.System), Bench.Context("k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}"""), still),
        ["cnpg.demote"] = still =>
        {
            CnpgStepsTests.Serve(Cluster.Objects);
            return UndoAtTheClusterAsync(new CnpgDemoteStep(Connections, TimeProvider.System), Bench.Context("cnpg.demote", CnpgStepsTests.With), still);
        },
        ["k8s.unfence"] = async still =>
        {
            var (kind, context) = await FencedAsync();
            return await UndoAtTheClusterAsync(kind, context, still);
        },
        ["k8s.unfence-earlier"] = async still =>
        {
            var (kind, context) = await FencedEarlierAsync();
            return await UndoAtTheClusterAsync(kind, context, still);
        },
        ["http"] = UndoHttpAsync,
        ["command"] = UndoCommandAsync,
        ["dns"] = UndoDnsAsync,
        ["postgres.fence"] = UndoHostAsync,
        ["postgres.synchronous"] = UndoSynchronousAsync,
        ["postgres.sql"] = UndoSqlAsync,
        ["postgres.restore"] = UndoRestoreAsync,
    };

    public static TheoryData<string> KindsThatUndo()
    {
        var found = new TheoryData<string>();
        foreach (var kind in Kinds().Where(kind => kind is IReversibleStepKind && kind.Shape.Effect is not StepEffect.None && !NothingToSend.Contains(kind.Shape.Kind)))
        {
            found.Add(kind.Shape.Kind);
        }

        return found;
    }

    [Theory]
    [MemberData(nameof(KindsThatUndo))]
    public async Task Undo_OwnerStandsStillUntilItsLeaseIsGone_SendsNothing(string kind)
    {
        Undos.Should().ContainKey(kind, "a kind that can undo shows here that it undoes nothing once its lease is gone");

        (await Undos[kind](true)).Should().Be(0, "whoever took over may have undone it by now");

        _stands.Should().BeTrue("it is no proof that nothing was sent by a process that did not stand still");
    }

    [Theory]
    [MemberData(nameof(KindsThatUndo))]
    public async Task Undo_OwnerGoesOn_Sends(string kind) => (await Undos[kind](false)).Should().BePositive("else the other test would show nothing");

    private async Task<int> UndoneAsync(IReversibleStepKind kind, StepContext context, JsonObject intent, bool standsStill, Func<Task<int>> effects)
    {
        var before = await effects();
        try
        {
            var outcome = await kind.UndoAsync(context, (JsonObject)JsonNode.Parse(intent.ToJsonString())!, null, default);
            (outcome is StepOutcome.Done).Should().Be(!standsStill, outcome.ToString());
        }
        catch (PermitOverException) when (standsStill)
        {
            // The engine makes "unknown" of it.
        }

        return Math.Abs(await effects() - before);
    }

    private async Task<int> UndoAtTheClusterAsync(IReversibleStepKind kind, StepContext context, bool standsStill)
    {
        var intent = await kind.PrepareAsync(context, default);
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Intercept = (request, _) =>
        {
            if (standsStill && request.Method == "GET" && !_stands)
            {
                StandStill();
            }

            return null;
        };
        return await UndoneAsync(kind, Under(context), intent, standsStill, () => Task.FromResult(Cluster.Mutations.Count()));
    }

    private async Task<int> UndoHttpAsync(bool standsStill)
    {
        var (sent, isMeant, body) = (0, false, """{"site":"primary","by":"somebody"}""");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var target = builder.Build();
        target.Run(async request =>
        {
            if (request.Request.Method != "GET")
            {
                sent++;
                body = await new StreamReader(request.Request.Body).ReadToEndAsync();
            }
            else if (isMeant && standsStill)
            {
                StandStill();
            }

            await request.Response.WriteAsync(body);
        });
        await target.StartAsync();
        Bench.Endpoints.Add(new ServiceEndpoint("front-door", new Uri(target.Urls.First()), null));
        var kind = new HttpStep(TimeProvider.System);
        var context = Bench.Context("http", """{"endpoint":"front-door","method":"PUT","path":"/route","body":{"site":"dr"},"marker-field":"by","observe-path":"/route","undo":"restore"}""");
        var intent = await kind.PrepareAsync(context, default);
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        isMeant = true;
        return await UndoneAsync(kind, Under(context), intent, standsStill, () => Task.FromResult(sent));
    }

    private async Task<int> UndoDnsAsync(bool standsStill)
    {
        await using var server = new FakeNameServer();
        server.Has("pay.bank.test", "10.1.0.7");
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        var kind = new DnsStep(TimeProvider.System);
        var context = await DnsContextAsync(server, folder);
        var intent = await kind.PrepareAsync(context, default);
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        server.Asked = standsStill ? StandStill : server.Asked;
        var sent = await UndoneAsync(kind, Under(context), intent, standsStill, () => Task.FromResult(server.Changes));
        Directory.Delete(folder, recursive: true);
        return sent;
    }

    private async Task<int> UndoCommandAsync(bool standsStill)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"))).FullName;
        var (program, ran) = (Path.Combine(folder, "program"), Path.Combine(folder, "ran"));
        WriteProgram(program, $"#!/bin/sh\necho 1 >> '{ran}'\n");

        var kind = new CommandStep(new AllowedCommands([program]), TimeProvider.System);
        var context = Under(Bench.Context("command", $$"""{"program":"{{program}}","undo":"{{program}}"}"""));
        var intent = await kind.PrepareAsync(context, default);
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        if (standsStill)
        {
            StandStill();
        }

        var times = await UndoneAsync(kind, context, intent, standsStill, async () => (await File.ReadAllLinesAsync(ran)).Length);
        Directory.Delete(folder, recursive: true);
        return times;
    }

    /// <summary>The host is asked by Jobs: what is read of the cluster right before one is made is where the owner stands still.</summary>
    private async Task<int> UndoHostAsync(bool standsStill)
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var context = bench.FenceContext();
        var intent = await bench.Fence.PrepareAsync(context, default);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        using var watched = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/persistentvolumeclaims/", () => standsStill ? Task.Run(StandStill) : Task.CompletedTask));
        return await UndoneAsync(bench.FenceBy(watched), Under(context), intent, standsStill, async () => (await bench.JobsAsync()).Count);
    }

    private async Task<int> UndoSynchronousAsync(bool standsStill)
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        await PostgresServer.UntilAsync(async () => await primary.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1);
        var bench = new PairBench(primary, standby);
        var kind = new PostgresSynchronousStep(bench.Sessions, TimeProvider.System);
        return await UndoAtTheServerAsync(
            primary, kind, bench.Context("postgres.synchronous", """{ "database": "one", "standby": "two" }"""), standsStill, "SELECT (current_setting('synchronous_standby_names') <> '')::int");
    }

    private async Task<int> UndoSqlAsync(bool standsStill)
    {
        await using var server = await PostgresServer.StartNewAsync();
        var bench = new PairBench(server);
        var kind = new PostgresSqlStep(bench.Sessions, TimeProvider.System);
        return await UndoAtTheServerAsync(
            server, kind, bench.Context("postgres.sql", """{"database":"one","statement":"CREATE TABLE made (n int)","undo":"DROP TABLE made"}"""), standsStill, "SELECT (to_regclass('made') IS NOT NULL)::int");
    }

    /// <summary>The process stands still before it begins.</summary>
    private async Task<int> UndoAtTheServerAsync(PostgresServer server, IReversibleStepKind kind, StepContext context, bool standsStill, string effects)
    {
        var intent = await kind.PrepareAsync(context, default);
        (await kind.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        var under = Under(context);
        if (standsStill)
        {
            StandStill();
        }

        return await UndoneAsync(kind, under, intent, standsStill, () => server.ScalarAsync<int>(effects));
    }

    private async Task<int> UndoRestoreAsync(bool standsStill)
    {
        using var place = new RestoreProgram();
        var context = Bench.Context("postgres.restore", """{"place":"scratch"}""");
        context = Under(context with { Estate = context.Estate with { RestorePlaces = [place.Place] } });
        if (standsStill)
        {
            StandStill();
        }

        var kind = new PostgresRestoreStep(place.Hosts, Nothing.Of<IExposures>(), new ProcessClock(TimeProvider.System));
        return await UndoneAsync(kind, context, new JsonObject { ["mark"] = "m" }, standsStill, place.AskedAsync);
    }
}
