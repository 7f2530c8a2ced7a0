using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills.Steps.Programs;

/// <summary>Real programs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandStepTests : IDisposable
{
    private readonly ScriptFolder _folder = new();
    private readonly StepBench _bench = new("");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Execute_ArgumentsOfAnyKind_ReachTheProgramOneByOneWithoutAShell()
    {
        var program = _folder.Script("p", $"for one in \"$@\"; do echo \"[$one]\"; done > {_folder.File("got")}; env | sort > {_folder.File("env")}; pwd >> {_folder.File("env")}");

        var outcome = await RunAsync(new JsonObject { ["program"] = program, ["args"] = new JsonArray("-v", "-v", "$(touch x); *", "a b", "") });

        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs["exitCode"]!.ToString().Should().Be("0");
        _folder.Read("got").Should().Be("[-v]\n[-v]\n[$(touch x); *]\n[a b]\n[]\n");
        _folder.Read("env").Split('\n').Select(line => line.Split('=')[0]).Should().BeEquivalentTo(
            ["DRO_ATTEMPT", "DRO_EPOCH", "DRO_MARK", "DRO_MODE", "DRO_PLAN", "DRO_RUN", "DRO_SITE", "DRO_STEP", "DRO_SYSTEM", "LANG", "PATH", "PWD", "/", ""], "nothing else of this process is handed over");
        _folder.Read("env").Should().Contain("DRO_MARK=dro-7-s-1\n").And.Contain("DRO_EPOCH=3\n").And.Contain("DRO_MODE=live\n");
    }

    [Theory]
    [InlineData(0, "", "Done")]
    [InlineData(4, "", "Unknown: PROGRAM failed, and whether it changed something is not known: exit code 4: why")]
    [InlineData(4, "\"success\":[\"0\",\"4\"]", "Done")]
    [InlineData(0, "\"success\":[\"4\"]", "Unknown: PROGRAM failed, and whether it changed something is not known: exit code 0: why")]
    [InlineData(4, "\"no-effect\":[\"4\"]", "Failed: PROGRAM changed nothing: exit code 4: why")]
    [InlineData(0, "\"values\":[\"address\"]", "Unknown: PROGRAM ended well, and the last line of its output does not have address")]
    public async Task Execute_ExitCode_IsJudgedByThePlanAndUnknownOtherwise(int code, string more, string expected)
    {
        var program = _folder.Script("p", $"echo why >&2; exit {code}");
        var with = JsonNode.Parse($"{{{more}}}")!.AsObject();
        with["program"] = program;

        var outcome = await RunAsync(with);

        Say(outcome).Should().Be(expected.Replace("PROGRAM", program, StringComparison.Ordinal));
    }

    /// <summary>An earlier life may have started it: nothing that stands against it now says what that one did.</summary>
    [Theory]
    [InlineData("exit 4", null, "PROGRAM changed nothing: exit code 4")]
    [InlineData("exit 0", "exit 1", "the program PROGRAM was changed since the step was prepared")]
    [InlineData("exit 0", "", "there is no program PROGRAM")]
    public async Task Execute_OfWhatMayHaveBeenStartedBefore_IsUnknownAndNeverFailed(string script, string? later, string expected)
    {
        var program = _folder.Script("p", script);
        var context = _bench.Context("command", new JsonObject { ["program"] = program, ["no-effect"] = new JsonArray("4"), ["repeatable"] = true }.ToJsonString());
        var kind = Kind(program);
        var intent = await kind.PrepareAsync(context, default);
        if (later is "")
        {
            File.Delete(program);
        }
        else if (later is not null)
        {
            _folder.Script("p", later);
        }

        var first = await kind.ExecuteAsync(context, intent, default);
        var again = await kind.ExecuteAsync(context with { Repeats = true }, intent, default);

        var reason = expected.Replace("PROGRAM", program, StringComparison.Ordinal);
        Say(first).Should().Be($"Failed: {reason}");
        Say(again).Should().Be($"Unknown: {reason}; {program} may have been started before, and what that did is not known");
    }

    [Fact]
    public async Task Execute_DeclaredValues_AreTakenFromTheLastLineOfTheOutput()
    {
        var program = _folder.Script("p", """echo working; echo '{"address":"10.0.0.7","more":1}'""");

        var outcome = await RunAsync(new JsonObject { ["program"] = program, ["values"] = new JsonArray("address") });

        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs.ToJsonString().Should().Be("""{"address":"10.0.0.7","exitCode":"0"}""");
        new CommandStep(AllowedCommands.None, TimeProvider.System).Shape.DeclaredOutputs!(StepBench.Parameters("""{"program":"/p","values":["address"]}""")).Should().Equal("address");
    }

    [Fact]
    public async Task Execute_SecretThatIsPrinted_ReachesTheProgramAndNothingOfTheRecord()
    {
        await File.WriteAllTextAsync(_folder.File("key"), "hunter-two\nsecond line\n");
        var program = _folder.Script("p", """echo "got $DRO_SECRET_API_KEY" >&2; echo "{\"told\":\"$DRO_SECRET_API_KEY\"}"; [ "$DRO_SECRET_API_KEY" = hunter-two ]""");
        var with = new JsonObject { ["program"] = program, ["secrets"] = new JsonObject { ["API_KEY"] = _folder.File("key") }, ["values"] = new JsonArray("told") };
        var context = _bench.Context("command", with.ToJsonString());
        var kind = Kind(program);

        var intent = await kind.PrepareAsync(context, default);
        var outcome = await kind.ExecuteAsync(context, intent, default);

        var done = outcome.Should().BeOfType<StepOutcome.Done>().Subject;
        done.Outputs["told"]!.ToString().Should().Be("[secret API_KEY]");
        done.Objects!.Select(one => $"{one.Name}: {Encoding.UTF8.GetString(one.Content)}").Should().Equal("s-stdout.txt: {\"told\":\"[secret API_KEY]\"}\n", "s-stderr.txt: got [secret API_KEY]\n");
        (intent.ToJsonString() + done.Outputs.ToJsonString()).Should().NotContain("hunter");
    }

    [Theory]
    [InlineData("""a\"b\\\\c""")]
    [InlineData("""\u0061\"b\\\\c""")]
    public async Task Execute_SecretPrintedAsJsonWritesIt_IsNotOnRecordEither(string written)
    {
        await File.WriteAllTextAsync(_folder.File("key"), """a"b\\c""");
        var program = _folder.Script("p", $$"""printf '%s\n' '{"told":"{{written}}"}'""");

        var outcome = await RunAsync(new JsonObject { ["program"] = program, ["secrets"] = new JsonObject { ["KEY"] = _folder.File("key") }, ["values"] = new JsonArray("told") });

        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs["told"]!.ToString().Should().Be("[secret KEY]");
    }

    [Fact]
    public async Task Execute_OutputIsCutInTheMiddleOfASecret_KeepsNoPartOfIt()
    {
        await File.WriteAllTextAsync(_folder.File("key"), "hunter-two");
        var program = _folder.Script("p", """head -c 65530 /dev/zero | tr '\0' x; echo "$DRO_SECRET_KEY" """);

        var outcome = await RunAsync(new JsonObject { ["program"] = program, ["secrets"] = new JsonObject { ["KEY"] = _folder.File("key") } });

        var kept = Encoding.UTF8.GetString(outcome.Should().BeOfType<StepOutcome.Done>().Which.Objects!.Single().Content);
        kept.Should().NotContain("h").And.HaveLength(65_523, "what could be its beginning is left out, also of one in Base64");
    }

    [Fact]
    public async Task Execute_ProgramThatNeverEnds_IsKilledWithItsChildrenAndItsOutcomeIsUnknown()
    {
        var program = _folder.Script("p", $"sleep 600 & echo $! > {_folder.File("child")}; sleep 600");

        var outcome = await RunAsync(new JsonObject { ["program"] = program }, timeoutSeconds: 2);

        Say(outcome).Should().Be($"Unknown: {program} did not end within 2s and was killed");
        IsAlive(_folder.Read("child")).Should().BeFalse();
    }

    [Fact]
    public async Task Execute_Stopped_KillsTheProgramBeforeItReturns()
    {
        using var stop = new CancellationTokenSource();
        var program = _folder.Script("p", $"echo $$ > {_folder.File("new")}; mv {_folder.File("new")} {_folder.File("pid")}; sleep 600");
        var context = _bench.Context("command", new JsonObject { ["program"] = program }.ToJsonString(), timeoutSeconds: 60);
        var kind = Kind(program);
        var running = kind.ExecuteAsync(context, await kind.PrepareAsync(context, default), stop.Token);
        await UntilAsync(() => File.Exists(_folder.File("pid")));
        (await kind.ObserveAsync(context, [], default)).Answer.Should().Be(ObservedAnswer.StillMay, "the program of this attempt is seen to run");

        await stop.CancelAsync();

        await running.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        IsAlive(_folder.Read("pid")).Should().BeFalse();
    }

    /// <summary>As after SIGKILL of the orchestrator: nobody is there to kill it but the limit it was started under.</summary>
    [Fact]
    public async Task Run_StarterIsGone_EndsByItsOwnLimit()
    {
        var program = _folder.Script("p", "sleep 600");

        var result = await ProgramRun.RunAsync(program, [], new Dictionary<string, string>(), TimeProvider.System, default, longest: TimeSpan.FromSeconds(0.3));

        result.Should().BeOfType<ProgramResult.Ended>().Which.ExitCode.Should().Be(137);
    }

    [Theory]
    [InlineData(0, "Happened")]
    [InlineData(3, "CannotHappenAnyMore")]
    [InlineData(5, "StillMay")]
    [InlineData(9, "CannotTell")]
    [InlineData(127, "CannotTell")]
    public async Task Observe_ProgramThatLooks_AnswersByItsExitCode(int code, string expected)
    {
        var look = _folder.Script("look", $$"""echo "{\"address\":\"$2\"}"; echo "$DRO_MARK" > {{_folder.File("mark")}}; exit {{code}}""");
        var with = new JsonObject
        {
            ["program"] = _folder.Script("p", "exit 1"), ["values"] = new JsonArray("address"), ["repeatable"] = true,
            ["observe"] = look, ["observe-args"] = new JsonArray("at", "dr"), ["cannot-happen"] = new JsonArray("3"), ["still-may"] = new JsonArray("5"),
        };

        var seen = await Kind(look).ObserveAsync(_bench.Context("command", with.ToJsonString()), [], default);

        seen.Answer.ToString().Should().Be(expected);
        (seen.Outputs?["address"]?.ToString()).Should().Be(code == 0 ? "dr" : null);
        _folder.Read("mark").Should().Be("dro-7-s-1-observe\n");
    }

    /// <summary>The exit code of what looks is not that of what was looked for.</summary>
    [Theory]
    [InlineData(false, "Happened")]
    [InlineData(true, "CannotTell")]
    public async Task Observe_Happened_SaysNoExitCodeOfTheProgramAndAsksWhereOneIsNeeded(bool isNeeded, string expected)
    {
        var look = _folder.Script("look", "exit 0");
        var context = _bench.Context("command", new JsonObject { ["program"] = look, ["observe"] = look }.ToJsonString());
        var later = context.Step with { Name = "later", Parameters = StepBench.Parameters("""{"args":["${steps.s.exitCode}"]}""") };

        var seen = await Kind(look).ObserveAsync(isNeeded ? context with { Plan = StepBench.Plan with { Steps = [later] } } : context, [], default);

        (seen.Answer.ToString(), seen.Outputs?.ToJsonString()).Should().Be((expected, isNeeded ? null : "{}"));
    }

    [Theory]
    [InlineData("{}", "CannotTell", false)]
    [InlineData("""{"repeatable":true}""", "CannotHappenAnyMore", true)]
    public async Task Observe_NothingThatLooks_IsAPersonsUnlessThePlanSaysRepeatable(string more, string expected, bool onlyByRepeating)
    {
        var with = JsonNode.Parse(more)!.AsObject();
        with["program"] = "/usr/bin/true";

        var seen = await Kind().ObserveAsync(_bench.Context("command", with.ToJsonString()), [], default);

        (seen.Answer.ToString(), seen.OnlyByRepeating).Should().Be((expected, onlyByRepeating), "what does not run any more may have had its effect");
    }

    [Fact]
    public async Task Undo_RunsTheProgramThatTakesItBackUnderAMarkOfItsOwn()
    {
        var back = _folder.Script("back", $"echo \"$1 $DRO_MARK\" > {_folder.File("undone")}");
        var program = _folder.Script("p", "true");
        var context = _bench.Context("command", new JsonObject { ["program"] = program, ["undo"] = back, ["undo-args"] = new JsonArray("primary") }.ToJsonString());
        var kind = Kind(program, back);

        var outcome = await kind.UndoAsync(context, await kind.PrepareAsync(context, default), null, default);

        outcome.Should().BeOfType<StepOutcome.Done>();
        _folder.Read("undone").Should().Be("primary dro-7-s-1-undo\n");
        (kind.Undoes(context.Step), kind.Shape.CannotBeTakenBack!(context.Parameters)).Should().Be((true, false));
    }

    [Theory]
    [InlineData("dro-7-s-1")]
    [InlineData("dro-7-s-1-undo")]
    public async Task Undo_WhileTheProgramOfAnEarlierLifeStillRuns_StartsNoSecondOne(string mark)
    {
        var back = _folder.Script("back", $"touch {_folder.File("undone")}");
        var context = _bench.Context("command", new JsonObject { ["program"] = back, ["undo"] = back }.ToJsonString());
        var kind = Kind(back);
        var intent = await kind.PrepareAsync(context, default);
        using var earlier = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sleep", "600") { Environment = { ["DRO_MARK"] = mark } })!;
        try
        {
            var outcome = await kind.UndoAsync(context with { Step = context.Step with { Timeout = TimeSpan.FromMilliseconds(300) } }, intent, null, default);

            Say(outcome).Should().Be($"Unknown: it still runs as process {earlier.Id}");
            File.Exists(_folder.File("undone")).Should().BeFalse();
        }
        finally
        {
            earlier.Kill();
        }
    }

    [Theory]
    [InlineData("""{"program":"/p"}""", false, true)]
    [InlineData("""{"program":"/p","undo":"none"}""", false, false)]
    public void Undo_WithoutAProgram_IsNoneAndAPointOfNoReturnUnlessThereIsNothingToTakeBack(string with, bool undoes, bool noReturn)
    {
        var kind = Kind();
        var context = _bench.Context("command", with);

        (kind.Undoes(context.Step), kind.Shape.CannotBeTakenBack!(context.Parameters)).Should().Be((undoes, noReturn));
    }

    [Fact]
    public async Task Prepare_ProgramThatTheServerDoesNotAllow_IsRefusedWithWhatToDo()
    {
        var (program, look) = (_folder.Script("p", "true"), _folder.Script("look", "true"));
        var context = _bench.Context("command", new JsonObject { ["program"] = program, ["observe"] = look }.ToJsonString());

        var prepare = () => Kind(program).PrepareAsync(context, default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).WithMessage($"the program {look} is not allowed by this server; start it with --allow-command {look}");
    }

    [Fact]
    public async Task Execute_ProgramWasReplacedSinceItWasPrepared_IsNotStarted()
    {
        var program = _folder.Script("p", "true");
        var context = _bench.Context("command", new JsonObject { ["program"] = program }.ToJsonString());
        var kind = Kind(program);
        var intent = await kind.PrepareAsync(context, default);
        _folder.Script("p", $"touch {_folder.File("ran")}");

        var outcome = await kind.ExecuteAsync(context, intent, default);

        Say(outcome).Should().Be($"Failed: the program {program} was changed since the step was prepared");
        File.Exists(_folder.File("ran")).Should().BeFalse();
    }

    [Theory]
    [InlineData("${steps.a.v}", "-rf")]
    [InlineData("${steps.a.v}", "x; reboot")]
    [InlineData("--to=${steps.a.v}", "--to=a b")]
    public async Task Prepare_ValueOfAnotherStepThatIsNoPlainWord_IsRefused(string written, string filled)
    {
        var program = _folder.Script("p", "true");
        JsonObject With(string argument) => new() { ["program"] = program, ["args"] = new JsonArray(argument) };
        var context = _bench.Context("command", With(written).ToJsonString()) with { Parameters = new StepParameters(With(filled)) };

        var prepare = () => Kind(program).PrepareAsync(context, default);

        (await prepare.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Contain("comes from another step and is no plain word");
    }

    private static string Say(StepOutcome outcome)
    {
        var (word, reason) = outcome switch
        {
            StepOutcome.Failed failed => ("Failed", failed.Reason),
            StepOutcome.Unknown unknown => ("Unknown", unknown.Reason),
            _ => (outcome.GetType().Name, ""),
        };
        return reason.Length == 0 ? word : $"{word}: {reason}";
    }

    [Theory]
    [InlineData("exit 0", false)]
    [InlineData("echo gone >&2; exit 3", true)]
    [InlineData("echo gone >&2; exit 5", true)]
    [InlineData("exit 9", false)]
    [InlineData("sleep 20", false)]
    public async Task Contradiction_OfWhatAProgramDid_IsThatTheOneThatLooksDoesNotSeeIt(string script, bool isContradicted)
    {
        var look = _folder.Script("look", script);
        var with = new JsonObject { ["program"] = "/usr/bin/true", ["observe"] = look, ["cannot-happen"] = new JsonArray("3"), ["still-may"] = new JsonArray("5") };
        var context = _bench.Context("command", with.ToJsonString(), timeoutSeconds: script.StartsWith("sleep", StringComparison.Ordinal) ? 1 : 60);

        var seen = await Kind(look).ContradictionAsync(context, [], default);

        seen.Should().Be(isContradicted ? $"it does not stand any more: {look} says: exit code {script[^1]}: gone" : null);
        (await Kind().ContradictionAsync(context, [], default)).Should().BeNull("a program that may not be started says nothing");
        Kind().TargetsOf(context).Should().ContainSingle().Which.Names.Should().Equal("program", "/usr/bin/true");
    }

    private static CommandStep Kind(params string[] allowed) => new(new AllowedCommands(allowed), TimeProvider.System);

    private static bool IsAlive(string pid) => Directory.Exists($"/proc/{int.Parse(pid, CultureInfo.InvariantCulture)}") && !File.ReadAllText($"/proc/{pid.Trim()}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !holds();)
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(60), "what is waited for comes");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task<StepOutcome> RunAsync(JsonObject with, int timeoutSeconds = 20)
    {
        var context = _bench.Context("command", with.ToJsonString(), timeoutSeconds: timeoutSeconds);
        var kind = Kind(with["program"]!.ToString());
        return await kind.ExecuteAsync(context, await kind.PrepareAsync(context, default), default);
    }
}
