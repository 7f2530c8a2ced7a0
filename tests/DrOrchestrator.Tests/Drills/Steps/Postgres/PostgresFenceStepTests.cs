using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresFenceStepTests
{
    private const string Kind = "postgres.fence";

    [Fact]
    public async Task Prove_ThirdServerThatSomebodyPromoted_IsNoProof()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var two = await one.AddStandbyAsync("two");
        var three = await one.AddStandbyAsync("three");
        var bench = new PairBench(one, two, three);
        var context = bench.Context(Kind, """{ "database": "one" }""");
        var intent = await bench.Fence.PrepareAsync(context, default);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        var before = await bench.Fence.ProveAsync(context, intent, default);
        await three.ExecuteAsync("SELECT pg_promote()");
        var promoted = await bench.Fence.ProveAsync(context, intent, default);
        await three.StopAsync("immediate");
        var dead = await bench.Fence.ProveAsync(context, intent, default);

        before.Proved.Should().BeTrue(string.Join("; ", before.Missing));
        before.Facts.Should().Contain("nothing listens on its port").And.Contain("two is in recovery").And.Contain("three is in recovery");
        promoted.Missing.Should().Equal("three is a primary already, on timeline 2");
        dead.Facts.Should().Contain("no process of three lives");
    }

    [Fact]
    public async Task Prove_AChangeIsUnderWayAtTheHost_IsNoProof()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var bench = new PairBench(one);
        var context = bench.Context(Kind, """{ "database": "one" }""");
        var intent = await bench.Fence.PrepareAsync(context, default);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        // Whoever has the lock of the host may be about to put the control file back: an advisory lock of this process, as the script's own.
        FenceProof busy, busyHeld;
        await using (await HostLock.TakeAsync(one))
        {
            busy = await bench.Fence.ProveAsync(context, intent, default);
            busyHeld = await bench.Fence.ProveHeldAsync(context, intent, default);
        }

        var free = await bench.Fence.ProveAsync(context, intent, default);
        var freeHeld = await bench.Fence.ProveHeldAsync(context, intent, default);

        (busy.Proved, string.Join("; ", busy.Missing)).Should().Be((false, "a change is under way at the host"));
        (busyHeld.Proved, string.Join("; ", busyHeld.Missing)).Should().Be((false, "a change is under way at the host"), "by this a duty to fence would be closed for good");
        free.Proved.Should().BeTrue(string.Join("; ", free.Missing));
        freeHeld.Proved.Should().BeTrue(string.Join("; ", freeHeld.Missing));
    }

    /// <summary>The duties' loop, a gate and another node look whenever they like, also in the moment before a promotion.</summary>
    [Fact]
    public async Task Prove_SomebodyElseLooksAtTheHost_IsAProof()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var bench = new PairBench(one);
        var context = bench.Context(Kind, """{ "database": "one" }""");
        var intent = await bench.Fence.PrepareAsync(context, default);
        (await bench.Fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        FenceProof proof;
        await using (await HostLock.TakeAsync(one, shared: true))
        {
            proof = await bench.Fence.ProveAsync(context, intent, default);
        }

        proof.Proved.Should().BeTrue(string.Join("; ", proof.Missing));
    }

    [Fact]
    public async Task Execute_CleanOfAServerThatCrashesInThatMoment_LetsItServeAgain()
    {
        await using var one = await PostgresServer.StartNewAsync();
        await one.ExecuteAsync("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
        var bench = new PairBench(one);
        var context = bench.Context(Kind, """{ "database": "one", "clean": true }""", timeoutSeconds: 60);
        var intent = await bench.Fence.PrepareAsync(context, default);

        PostgresLab.CrashAtItsFence(one);
        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("one did not end cleanly (its control file says 'in production'); the fence is lifted and the server runs again");
        (await one.ScalarAsync<int>("SELECT n FROM t")).Should().Be(1);
    }

    [Fact]
    public async Task Observe_CleanFenceOfAServerThatDidNotEndCleanly_IsNotTheFenceThatWasMeant()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var bench = new PairBench(one);
        var context = bench.Context(Kind, """{ "database": "one", "clean": true }""", timeoutSeconds: 60);
        var intent = await bench.Fence.PrepareAsync(context, default);

        await PostgresServer.SignalAsync("KILL", one.Postmaster());
        await bench.Hosts.AskAsync(bench.Estate.Databases[0], default, "fence", intent["fence"]!.GetValue<string>(), "0");
        var seen = await bench.Fence.ObserveAsync(context, intent, default);
        var again = await bench.Fence.ExecuteAsync(context, intent, default);

        seen.Should().Match<Observation>(one => one.Answer == ObservedAnswer.CannotHappenAnyMore && one.OnlyByRepeating && one.Detail.Contains("release dro-7-s start"));
        again.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().EndWith("the server runs again");
    }

    [Fact]
    public async Task Prepare_FenceOfAnotherRunOfOurs_IsTakenOver()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var bench = new PairBench(one);
        var database = bench.Estate.Databases[0];
        await bench.Hosts.AskAsync(database, default, "fence", "dro-6-fence-primary", "20");

        var context = bench.Context(Kind, """{ "database": "one" }""");
        var intent = await bench.Fence.PrepareAsync(context, default);
        var outcome = await bench.Fence.ExecuteAsync(context, intent, default);
        var proof = await bench.Fence.ProveAsync(context, intent, default);

        intent["adopted"]!.GetValue<string>().Should().Be("dro-6-fence-primary");
        outcome.Should().BeOfType<StepOutcome.Done>();
        proof.Facts.Should().Contain("its control file is out of the way as dro-7-s");
    }

    [Theory]
    [InlineData("E")]
    [InlineData("N")]
    public async Task Port_ThatSaysAnything_IsAServerThatLives(string word)
    {
        using var listener = new Listener();
        var time = new FakeTimeProvider();
        var looking = DatabasePort.LookAsync(listener.Database, TimeSpan.FromSeconds(1), time, default);

        using var client = await listener.AcceptAsync();
        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(word));

        (await looking).Should().BeOfType<PortSight.Speaks>();
    }

    [Fact]
    public async Task Port_ThatSaysNothing_ShowsNothing_AndOneThatRefusesShowsThatNobodyListens()
    {
        var time = new FakeTimeProvider();
        var listener = new Listener();
        var looking = DatabasePort.LookAsync(listener.Database, TimeSpan.FromSeconds(1), time, default);
        using (await listener.AcceptAsync())
        {
            time.Advance(TimeSpan.FromSeconds(1));
            (await looking).Should().Be(new PortSight.Silent("no answer from its port within 1s"));
        }

        listener.Dispose();
        (await DatabasePort.LookAsync(listener.Database, TimeSpan.FromSeconds(1), time, default)).Should().BeOfType<PortSight.Nobody>();
    }

    [Fact]
    public async Task Hosts_WordThatAShellWouldSplit_GoesNowhere()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var bench = new PairBench(one);

        var answer = await bench.Hosts.AskAsync(bench.Estate.Databases[0], default, "rebuild", "x;touch /tmp/f");

        answer.Should().BeOfType<HostAnswer.No>().Which.Reason.Should().Be("'x;touch /tmp/f' is no plain word: only letters, digits and . _ : / - go to a host");
        DatabaseHosts.IsPlain("db-2.bank.example:5432/x_y").Should().BeTrue();
    }

    [Fact]
    public async Task Gate_ServerAndHostThatStandStill_AreNamedAndTheOthersAnswersAreThere()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var two = await one.AddStandbyAsync("two");
        var time = new FakeTimeProvider();
        var bench = new PairBench(one, two, time: time);
        await one.StandStillAsync();
        var hanging = bench.Estate with { Databases = [bench.Estate.Databases[0] with { Host = new DrOrchestrator.Estates.DatabaseHost.Command("/usr/bin/tail", ["-f", "/dev/null"]) }, bench.Estate.Databases[1]] };
        var gate = new PostgresReadyGate(bench.Sessions, new DatabaseHosts(new AllowedCommands(["/usr/bin/tail", PostgresLab.HostProgram]), time), time);

        var checking = gate.CheckAsync(new StepParameters(JsonNode.Parse("""{ "primary": "one", "standby": "two" }""")!.AsObject()), StepBench.Plan, hanging, default);
        await PostgresServer.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(5));
            return Task.FromResult(checking.IsCompleted || time.GetUtcNow() > time.Start + TimeSpan.FromSeconds(1));
        });
        time.Advance(TimeSpan.FromSeconds(5));
        var results = await checking.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        results.Single(result => result.Check == "postgres-ready one answers").Should().Match<GateResult>(result => !result.Passed && result.Value == "no answer within 5s");
        results.Single(result => result.Check == "postgres-ready one host").Should().Match<GateResult>(result => !result.Passed && result.Value == "no answer within 5s");
    }

    /// <summary>Something that takes connections and says what the test says.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Listener()
        {
            _listener.Start();
            Database = new DrOrchestrator.Estates.DatabaseDefinition(
                "one", "ledger", "primary", new DrOrchestrator.Estates.PostgresTarget(["127.0.0.1"], ((IPEndPoint)_listener.LocalEndpoint).Port, "postgres", "postgres", null, DrOrchestrator.Estates.PostgresTls.Disable, null), null, "one");
        }

        public DrOrchestrator.Estates.DatabaseDefinition Database { get; }

        public Task<Socket> AcceptAsync() => _listener.AcceptSocketAsync();

        public void Dispose() => _listener.Stop();
    }
}
