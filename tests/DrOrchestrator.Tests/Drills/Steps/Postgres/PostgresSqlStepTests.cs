using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresSqlStepTests : IAsyncLifetime
{
    private const string Kind = "postgres.sql";
    private PostgresServer _server = null!;
    private PairBench _bench = null!;
    private PostgresSqlStep _step = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        _bench = new PairBench(_server);
        _step = new PostgresSqlStep(_bench.Sessions, TimeProvider.System);
        await _server.ExecuteAsync("CREATE TABLE account (id int PRIMARY KEY, frozen boolean NOT NULL)", "INSERT INTO account VALUES (1, false)");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Execute_Statement_CommitsItWithItsMarkerAndIsUndoneOnce()
    {
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "UPDATE account SET frozen = true RETURNING id", "precondition": "SELECT NOT frozen FROM account", "undo": "UPDATE account SET frozen = false" }""");
        var intent = await _step.PrepareAsync(context, default);

        var before = await _step.ObserveAsync(context, intent, default);
        var outcome = await _step.ExecuteAsync(context, intent, default);
        var after = await _step.ObserveAsync(context, intent, default);
        var again = await _step.ExecuteAsync(context, intent, default);
        var undone = await _step.UndoAsync(context, intent, null, default);
        await _server.ExecuteAsync("UPDATE account SET frozen = true");
        var undoneAgain = await _step.UndoAsync(context, intent, null, default);

        before.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.GetValue<string>().Should().Be("1");
        after.Answer.Should().Be(ObservedAnswer.Happened);
        after.Outputs!["value"]!.GetValue<string>().Should().Be("1");
        again.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("precondition");
        undone.Should().BeOfType<StepOutcome.Done>();
        undoneAgain.Should().BeOfType<StepOutcome.Done>();
        (await _server.ScalarAsync<bool>("SELECT frozen FROM account")).Should().BeTrue("it was taken back once, and somebody else has changed it since");
    }

    [Fact]
    public async Task Contradiction_OfACommitThatIsNotThereAnyMore_IsThatItsMarkerIsGone()
    {
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "INSERT INTO account VALUES (2, false)", "undo": "none" }""");
        var intent = await _step.PrepareAsync(context, default);
        await _step.ExecuteAsync(context, intent, default);
        var stands = await _step.ContradictionAsync(context, intent, default);
        await _server.ExecuteAsync("DELETE FROM dro_marker");

        var lost = await _step.ContradictionAsync(context, intent, default);
        await _server.StopAsync();

        (stands, lost).Should().Be((null, "what it committed is not at one any more: its marker is not there"));
        (await _step.ContradictionAsync(context, intent, default)).Should().BeNull("what is silent contradicts nothing");
    }

    [Fact]
    public void Targets_OfAStatement_AreTakenByWhatTakesTheServerAndByNoOtherStatement()
    {
        StepTarget Only(IStepKind kind, string with, string step) => kind.TargetsOf(_bench.Context(kind.Shape.Kind, with, step)).Should().ContainSingle().Which;
        var statement = Only(_step, """{ "database": "one", "statement": "SELECT 1", "undo": "none" }""", "a");

        Only(_bench.Fence, """{ "database": "one" }""", "b").Covers(statement).Should().BeTrue();
        Only(_step, """{ "database": "one", "statement": "SELECT 1", "undo": "none" }""", "b").Covers(statement).Should().BeFalse();
        Only(new PostgresSynchronousStep(_bench.Sessions, TimeProvider.System), """{ "database": "one" }""", "b").Covers(statement).Should().BeFalse();
        _step.TargetsOf(_bench.Context(Kind, """{ "database": "one", "statement": "SELECT 1", "undo": "none", "read-only": true }""")).Should().BeEmpty();
    }

    [Fact]
    public async Task Execute_TheSameIntentTwice_CommitsOnce()
    {
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "INSERT INTO account VALUES (2, false)", "undo": "none" }""");
        var intent = await _step.PrepareAsync(context, default);
        await _step.ExecuteAsync(context, intent, default);
        await _server.ExecuteAsync("DELETE FROM account WHERE id = 2");

        var again = await _step.ExecuteAsync(context, intent, default);

        again.Should().BeOfType<StepOutcome.Failed>("the marker of this attempt is there");
        (await _server.ScalarAsync<long>("SELECT count(*) FROM account")).Should().Be(1);
    }

    [Fact]
    public async Task Execute_ReadOnly_LooksAndMayNotWrite()
    {
        var looks = _bench.Context(Kind, """{ "database": "one", "statement": "SELECT count(*) FROM account", "expect": "1", "read-only": true, "undo": "none" }""");
        var differs = _bench.Context(Kind, """{ "database": "one", "statement": "SELECT count(*) FROM account", "expect": "2", "read-only": true, "undo": "none" }""");
        var writes = _bench.Context(Kind, """{ "database": "one", "statement": "DELETE FROM account", "read-only": true, "undo": "none" }""");
        var intent = await _step.PrepareAsync(looks, default);

        (await _step.ExecuteAsync(looks, intent, default)).Should().BeOfType<StepOutcome.Done>();
        (await _step.ExecuteAsync(differs, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("it says '1', '2' is expected");
        (await _step.ExecuteAsync(writes, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("25006");
        (await _server.ScalarAsync<bool>("SELECT to_regclass('dro_marker') IS NULL")).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{ "database": "one", "statement": "COMMIT; INSERT INTO account VALUES (4, false)", "undo": "none" }""", "'statement' is not sent: it holds more than one statement")]
    [InlineData("""{ "database": "one", "statement": "SELECT pg_promote()", "undo": "none", "read-only": true }""", "'statement' is not sent: 'pg_promote' acts past the transaction")]
    [InlineData("""{ "database": "one", "statement": "SELECT 1", "undo": "none", "precondition": "SELECT true)); COMMIT; SELECT ((true" }""", "'precondition' is not sent: it holds more than one statement")]
    [InlineData("""{ "database": "one", "statement": "SELECT 1", "undo": "ROLLBACK" }""", "'undo' is not sent: 'ROLLBACK' acts on the transaction or past it")]
    public async Task Prepare_WhatActsPastItsTransaction_IsRefusedBeforeAnythingIsSent(string with, string reason)
    {
        var prepare = () => _step.PrepareAsync(_bench.Context(Kind, with), default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage(reason);
        _step.Shape.Judge!(_bench.Context(Kind, with).Parameters).Should().ContainSingle("dro check says the same").Which.Found.Should().Be(reason);
    }

    [Fact]
    public async Task Execute_TwoStatementsThatNobodyHasLookedAt_AreRefusedByTheServerWithoutEffect()
    {
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "COMMIT; INSERT INTO account VALUES (4, false)", "undo": "none" }""");
        var intent = await _step.PrepareAsync(_bench.Context(Kind, """{ "database": "one", "statement": "SELECT 1", "undo": "none" }"""), default);

        var outcome = await _step.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>();
        (await _server.ScalarAsync<long>("SELECT count(*) FROM account")).Should().Be(1);
    }

    [Fact]
    public async Task Execute_LongValue_IsCutBeforeItGoesOnRecord()
    {
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "SELECT repeat('x', 300)", "read-only": true, "undo": "none" }""");

        var outcome = await _step.ExecuteAsync(context, await _step.PrepareAsync(context, default), default);

        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.GetValue<string>().Should().HaveLength(200);
    }

    [Fact]
    public async Task Execute_CommitWhoseWaitForTheStandbyIsCutOff_IsUnknownAndThenHappened()
    {
        await _server.ConfigureAsync("synchronous_standby_names = 'nobody'");
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "INSERT INTO account VALUES (3, false)", "undo": "none" }""", timeoutSeconds: 2);
        var intent = await _step.PrepareAsync(context, default);
        await _server.ExecuteAsync("CREATE TABLE dro_marker (marker text PRIMARY KEY, written_at timestamptz NOT NULL DEFAULT now(), outputs text NOT NULL)", "SELECT pg_reload_conf()");

        var outcome = await _step.ExecuteAsync(context, intent, default);
        var after = await _step.ObserveAsync(context, intent, default);
        for (var looks = 0; after.Answer is ObservedAnswer.StillMay && looks < 200; looks++)
        {
            after = await _step.ObserveAsync(context, intent, default);
        }

        outcome.Should().BeOfType<StepOutcome.Unknown>();
        after.Answer.Should().Be(ObservedAnswer.Happened, after.Detail);
    }

    [Fact]
    public async Task Execute_StatementThatTakesLongerThanTheStep_IsEndedAtTheServerToo()
    {
        var context = _bench.Context(Kind, """{ "database": "one", "statement": "SELECT pg_sleep(600)", "undo": "none" }""", timeoutSeconds: 1);
        var intent = await _step.PrepareAsync(context, default);

        var outcome = await _step.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>();
        await PostgresServer.UntilAsync(async () => await _server.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()") == 0);
        (await _bench.Sessions.UseAsync(_bench.Estate.Databases[0], "dro", connection => Task.FromResult(connection.CommandTimeout), default)).Should().Be(0, "a step's own time ends its statements");
    }
}
