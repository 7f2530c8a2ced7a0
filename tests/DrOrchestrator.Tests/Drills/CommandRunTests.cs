using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills;

/// <summary>A program of the orchestrator's machine in a run: when it is started, and how often.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandRunTests : IAsyncLifetime
{
    private readonly DrillBench _bench = new();
    private readonly ScriptFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_ProgramThatTheServerDoesNotAllow_IsRefusedForDrillsAndOpensForADisaster()
    {
        var program = Declare(allowed: false);

        var live = await StartAsync(RunMode.Live);
        var real = await StartAsync(RunMode.Real);

        live.Should().BeEquivalentTo(new StartResult.Refused(
            "program-not-allowed", $"Plan 'plan' cannot run here: step 'switch': the program {program} is not allowed by this server; start it with --allow-command {program}."));
        real.Should().BeOfType<StartResult.Started>("a disaster waits for no setting: the step fails without effect, and people are asked");
    }

    [Fact]
    public async Task Carry_Tabletop_StartsNothingThoughTheServerAllowsNothing()
    {
        Declare(allowed: false);

        var run = await _bench.OpenAsync(RunMode.Tabletop);
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, (await _bench.Drills.PendingAsync(null, default)).Single().Name, DrillBench.Operator, true, "as the manual says", default);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _folder.Read("ran").Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{}""", "its rehearsal starts")]
    [InlineData("""{"args":["lab"]}""", null)]
    public async Task Start_Rehearsal_NeedsArgumentsOfItsOwn(string rehearsal, string? refused)
    {
        Declare(rehearsal: new RehearsalTarget(false, null, new StepParameters(JsonNode.Parse(rehearsal)!.AsObject())));

        var started = await StartAsync(RunMode.Rehearsal);

        if (refused is not null)
        {
            started.Should().BeOfType<StartResult.Refused>().Which.Detail.Should().Contain(refused);
            _folder.Read("ran").Should().BeEmpty();
            return;
        }

        await _bench.CarryAsync(started.Should().BeOfType<StartResult.Started>().Subject.Run);
        _folder.Read("ran").Should().Be("lab\n");
    }

    [Fact]
    public async Task Carry_CrashAfterTheProgramRan_ObservesAndDoesNotRunItAgain()
    {
        Declare(observe: "test -s {ran}");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Outcome && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _folder.Read("ran").Should().Be("live\n");

        _bench.Restart();
        await _bench.CarryAsync(run);

        _folder.Read("ran").Should().Be("live\n");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task Carry_CrashAfterTheProgramRanAndNobodyCanLook_AsksAPerson()
    {
        Declare();
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Outcome && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);

        (await _bench.Drills.PendingAsync(null, default)).Single().Kind.Should().Be("step-observation");
        _folder.Read("ran").Should().Be("live\n");
    }

    [Fact]
    public async Task Carry_ALaterStepFails_TakesTheProgramBack()
    {
        Declare(undo: $"echo back >> {_folder.File("ran")}");
        _bench.Step("fails", "act");
        _bench.World.Script["fails"] = new([(_, _) => Task.FromResult<StepOutcome>(new StepOutcome.Failed("no"))]);
        _bench.Restart();

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        _folder.Read("ran").Should().Be("live\nback\n");
    }

    /// <summary>SIGKILL in the middle of a rollback: the program that takes back outlives the orchestrator, and the next one is there at once.</summary>
    [Fact]
    public async Task Carry_CrashWhileTheUndoRuns_StartsItNotBesideItself()
    {
        var back = $"echo begin >> {_folder.File("story")}; [ -z \"$HOLDS\" ] || until [ -e {_folder.File("go")} ]; do sleep 0.02; done; echo end >> {_folder.File("story")}";
        Declare(undo: back);
        _bench.Step("fails");
        _bench.World.Next("fails", new StepOutcome.Failed("no"));
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.UndoIntent && draft.Step == "switch" && written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        var mark = (await _bench.EntriesAsync(run)).Last(line => line is { Kind: JournalKinds.Intent, Step: "switch" }).Data["intent"]!["marker"]!.ToString();
        using var earlier = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(_folder.File("back")) { Environment = { ["DRO_MARK"] = $"{mark}-undo", ["HOLDS"] = "1" } })!;
        await UntilAsync(() => _folder.Read("story").Length > 0);

        _bench.Restart();
        var carrying = _bench.CarryAsync(run);
        await Task.WhenAny(carrying, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System));
        await File.WriteAllTextAsync(_folder.File("go"), "");
        await carrying;

        _folder.Read("story").Should().Be("begin\nend\nbegin\nend\n");
        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !holds();)
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(60), "what is waited for comes");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task<StartResult> StartAsync(RunMode mode) => await _bench.Drills.StartAsync(new StartRequest("plan", mode, "because", DrillBench.Operator), default);

    /// <summary>One step, whose program says in a file what it was told.</summary>
    [Theory]
    [InlineData(3, "")]
    [InlineData(0, "live\n")]
    public async Task Carry_RolledBack_TakesBackOnlyWhatWasDone(int code, string undone)
    {
        var program = Declare(undo: $"echo live >> {_folder.File("undone")}");
        _folder.Script("program", $"exit {code}");
        _bench.ForgetSteps();
        _bench.Step("switch", "command", with: new JsonObject { ["program"] = program, ["no-effect"] = new JsonArray("3"), ["undo"] = _folder.File("back") }.ToJsonString(), site: null, timeout: TimeSpan.FromSeconds(20));
        _bench.Step("next");
        _bench.World.Next("next", new StepOutcome.Failed("no"));
        _bench.Restart();

        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).RolledBack.Should().BeTrue();
        _folder.Read("undone").Should().Be(undone);
    }

    private string Declare(bool allowed = true, RehearsalTarget? rehearsal = null, string? observe = null, string? undo = null)
    {
        var program = _folder.Script("program", $"echo \"$1\" >> {_folder.File("ran")}");
        var with = new JsonObject { ["program"] = program, ["args"] = new JsonArray("live"), ["undo"] = "none" };
        if (observe is not null)
        {
            with["observe"] = _folder.Script("look", observe.Replace("{ran}", _folder.File("ran"), StringComparison.Ordinal));
        }

        if (undo is not null)
        {
            with["undo"] = _folder.Script("back", undo);
        }

        _bench.Commands = allowed ? new AllowedCommands([program, _folder.File("look"), _folder.File("back")]) : AllowedCommands.None;
        _bench.MoreKinds.Add(new CommandStep(_bench.Commands, TimeProvider.System));
        _bench.Step("switch", "command", with: with.ToJsonString(), site: null, rehearsal: rehearsal, timeout: TimeSpan.FromSeconds(20));
        _bench.Restart();
        return program;
    }
}
