using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>Commands in containers, on a far side that speaks <c>v4.channel.k8s.io</c>; what it says are words of Kubernetes 1.36.2 (<see cref="K8sExecConformanceTests"/>) and of its runtimes.</summary>
public sealed partial class K8sExecStepTests : ClusterFixture
{
    private const string Pod = FakeLedgerSite.Pods + "/ledger-store-0";
    private const string Plain = """{"namespace":"ledger","pod":"ledger-store-0","command":["app","drain","--now"],"no-effect":["3"]}""";

    private readonly PlayedExec _exec = new();

    private K8sExecStep Step => new(Connections, TimeProvider.System);

    [Fact]
    public async Task Execute_CommandThatEndsWell_IsDoneWithBothStreamsOnRecord()
    {
        var told = -1;
        _exec.Play = async command =>
        {
            await command.SayAsync("one\n");
            await command.ComplainAsync("careful\n");
            await command.SayAsync("two\n");
            await command.ComplainAsync("done\n");
            await command.ExitAsync(0);
            told = await command.HearAsync();
        };

        var done = (await RunAsync(Plain)).Should().BeOfType<StepOutcome.Done>().Which;

        (done.Outputs.Text("exitCode"), done.Outputs.Text("pod")).Should().Be(("0", "ledger-store-0"));
        Texts(done.Objects).Should().Equal(("s-stdout.txt", "one\ntwo\n"), ("s-stderr.txt", "careful\ndone\n"));
        Record(done.Objects).ToJsonString().Should().Be(new JsonObject
        {
            ["site"] = "primary",
            ["namespace"] = "ledger",
            ["pod"] = "ledger-store-0",
            ["uid"] = Cluster.Objects.Find(Pod)!["metadata"]!["uid"]!.ToString(),
            ["container"] = "main",
            ["containerId"] = "",
            ["command"] = new JsonArray("app", "drain", "--now"),
            ["exitCode"] = 0,
            ["stdout"] = new JsonObject { ["bytes"] = 8, ["kept"] = 8, ["cut"] = false },
            ["stderr"] = new JsonObject { ["bytes"] = 13, ["kept"] = 13, ["cut"] = false },
        }.ToJsonString());
        _exec.Commands.Should().ContainSingle().Which.Words.Should().Equal("app", "drain", "--now");
        _exec.Commands.Single().Query.Should().StartWith("?container=main&stdin=false&stdout=true&stderr=true&tty=false&command=app");
        told.Should().BeLessThanOrEqualTo(0, "nothing is on its standard input");
    }

    [Theory]
    [InlineData(3, false, "app changed nothing: exit code 3: no such queue")]
    [InlineData(1, true, "app failed, and whether it changed something is not known: exit code 1: no such queue")]
    [InlineData(137, true, "app failed, and whether it changed something is not known: was ended by a signal, exit code 137: no such queue")]
    public async Task Execute_CommandThatFails_IsJudgedByItsExitCode(int code, bool isUnknown, string reason)
    {
        _exec.Play = async command =>
        {
            await command.ComplainAsync("no such queue\n");
            await command.ExitAsync(code);
        };

        var outcome = await RunAsync(Plain);

        (outcome is StepOutcome.Unknown, ReasonOf(outcome)).Should().Be((isUnknown, reason));
        Record(ObjectsOf(outcome))["exitCode"]!.GetValue<int>().Should().Be(code);
    }

    [Fact]
    public async Task Execute_CharactersSplitOverMessagesAndFrames_AreWhole()
    {
        var bytes = Encoding.UTF8.GetBytes("切换完成\n{\"lag\":\"0 秒\"}\n");
        _exec.Play = async command =>
        {
            await command.SayAsync(bytes[..4]);
            await command.SayInFramesAsync(bytes[4..], 3);
            await command.ExitAsync(0);
        };

        var done = (await RunAsync("""{"namespace":"ledger","pod":"ledger-store-0","command":["app"],"values":["lag"]}""")).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs.Text("lag").Should().Be("0 秒");
        Texts(done.Objects).Should().Equal(("s-stdout.txt", "切换完成\n{\"lag\":\"0 秒\"}\n"));
    }

    [Fact]
    public async Task Execute_BinaryOutput_IsKeptAsItCame()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        _exec.Play = async command =>
        {
            await command.SayAsync(bytes);
            await command.ExitAsync(0);
        };

        var done = (await RunAsync(Plain)).Should().BeOfType<StepOutcome.Done>().Which;

        var kept = done.Objects!.Single(one => one.Name == "s-stdout.bin");
        (kept.MediaType, kept.Content).Should().BeEquivalentTo(("application/octet-stream", bytes));
    }

    [Fact]
    public async Task Execute_TenMegabytesOfOutput_KeepsBothEndsAndCountsAll()
    {
        var line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
        byte[] block = [.. Enumerable.Repeat(line, 16).SelectMany(one => one)];
        _exec.Play = async command =>
        {
            await command.SayAsync("begins\n");
            for (var i = 0; i < 640; i++)
            {
                await command.SayAsync(block);
            }

            await command.SayAsync("""{"rows":"5"}""");
            await command.ExitAsync(0);
        };

        var done = (await RunAsync("""{"namespace":"ledger","pod":"ledger-store-0","command":["app"],"values":["rows"]}""")).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs.Text("rows").Should().Be("5", "the last line is kept");
        var total = 7 + (640 * 16 * 1024) + 12;
        Record(done.Objects)["stdout"]!.ToJsonString().Should().Be(FormattableString.Invariant($$"""{"bytes":{{total}},"kept":{{64 * 1024}},"cut":true}"""));
        var text = Texts(done.Objects).Single().Text;
        text.Should().StartWith("begins\nxxx").And.Contain(FormattableString.Invariant($"\n[{total - (64 * 1024)} bytes are left out here]\n")).And.EndWith("""{"rows":"5"}""");
        text.Length.Should().BeLessThan(66 * 1024);
    }

    [Fact]
    public async Task Execute_ConnectionCutInTheMiddle_IsUnknownAndNeverRepeated()
    {
        _exec.Play = async command =>
        {
            await command.SayALotAsync();
            command.Cut();
        };
        var (context, intent) = await PrepareAsync(Plain);

        var outcome = await Step.ExecuteAsync(context, intent, default);
        var seen = await Step.ObserveAsync(context, intent, default);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().StartWith("what app did in pod ledger-store-0 is not known: the connection to its container ");
        Record(ObjectsOf(outcome))["exitCode"].Should().BeNull();
        Record(ObjectsOf(outcome))["stdout"]!["bytes"]!.GetValue<int>().Should().BeGreaterThan(0);
        (seen.Answer, seen.Detail).Should().Be((ObservedAnswer.CannotTell, "the plan names no program that could tell what app has done"));
        _exec.Commands.Should().ContainSingle();
    }

    [Fact]
    public async Task Execute_StreamThatEndsWithoutAStatus_IsUnknown()
    {
        _exec.Play = async command =>
        {
            await command.SayAsync("half of it\n");
            await command.LeaveAsync();
        };

        var outcome = await RunAsync(Plain);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().Be("what app did in pod ledger-store-0 is not known: the connection to its container ended without a word of how the command did");
        Texts(ObjectsOf(outcome)).Should().Equal(("s-stdout.txt", "half of it\n"));
    }

    [Fact]
    public async Task Execute_CommandThatDoesNotEnd_IsUnknownAtItsTimeoutWithWhatItSaid()
    {
        _exec.Play = async command =>
        {
            await command.SayAsync("waiting\n");
            await command.HearAsync();
        };

        var outcome = await RunAsync(Plain, timeoutSeconds: 1);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().Be("app did not end within 1s; it may go on in pod ledger-store-0, where it is not ended from here");
        Texts(ObjectsOf(outcome)).Should().Equal(("s-stdout.txt", "waiting\n"));
    }

    [Fact]
    public async Task Execute_ServerThatNeverAnswers_IsUnknown()
    {
        _exec.Refuse = async http =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        ReasonOf((await RunAsync(Plain, timeoutSeconds: 1)).Should().BeOfType<StepOutcome.Unknown>().Which).Should().StartWith("app did not end within 1s");
    }

    /// <summary>What stands before the connection is the answer of an API server, or of what is in front of it.</summary>
    [Theory]
    [InlineData(403, "pods \"ledger-store-0\" is forbidden: User \"dro\" cannot create resource \"pods/exec\" in API group \"\" in the namespace \"ledger\"", false)]
    [InlineData(404, "pods \"ledger-store-0\" not found", false)]
    [InlineData(400, "container main is not valid for pod ledger-store-0", false)]
    [InlineData(429, "too many requests", false)]
    [InlineData(500, "error dialing backend: dial tcp 10.0.0.7:10250: connect: connection refused", false)]
    [InlineData(500, "unable to upgrade connection: container not found (\"main\")", false)]
    [InlineData(500, "etcdserver: request timed out", true)]
    [InlineData(504, "gateway timeout", true)]
    public async Task Execute_RequestThatIsAnsweredOtherwise_HasFailedOnlyWhereTheCommandSurelyDidNotBegin(int status, string message, bool isUnknown)
    {
        var asked = 0;
        _exec.Refuse = async http =>
        {
            asked++;
            http.Response.StatusCode = status;
            await http.Response.WriteAsync(new JsonObject { ["kind"] = "Status", ["status"] = "Failure", ["message"] = message, ["code"] = status }.ToJsonString());
            return true;
        };

        var outcome = await RunAsync(Plain);

        var begins = isUnknown ? "whether app began in pod ledger-store-0 is not known: " : "app could not be started: ";
        var ends = status == 403 ? "; it takes the rights to create and to get pods/exec in namespace ledger" : "";
        (outcome is StepOutcome.Unknown, ReasonOf(outcome)).Should().Be((isUnknown, FormattableString.Invariant($"{begins}{status} {message}: the cluster lets nobody into container main of pod ledger-store-0{ends}")));
        asked.Should().Be(1, "what may have begun is not asked for twice");
    }

    /// <summary>And on an open connection, over the channel that no command can write to.</summary>
    [Theory]
    [InlineData(
        "error executing command in container: failed to exec in container: failed to start exec \"9f\": OCI runtime exec failed: exec failed: unable to start container process: exec: \"app\": executable file not found in $PATH: unknown",
        "container main of pod ledger-store-0 cannot start app: Internal error occurred: error executing",
        false)]
    [InlineData("unable to upgrade connection: container not found (\"main\")", "app could not be started: Internal error occurred: unable to upgrade connection", false)]
    [InlineData("error executing command in container: container 9f is in CONTAINER_EXITED state", "what app did in pod ledger-store-0 is not known: the cluster does not say with what it ended: Internal error occurred: error executing", true)]
    public async Task Execute_StatusThatTellsNoExitCode_HasFailedOnlyWhereNoProgramStarted(string message, string begins, bool isUnknown)
    {
        _exec.Play = command => command.FailAsync(message);

        var outcome = await RunAsync(Plain);

        (outcome is StepOutcome.Unknown, ReasonOf(outcome)![..begins.Length]).Should().Be((isUnknown, begins));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_PodReplacedBefore_StartsNothing(bool isContainer)
    {
        var (context, intent) = await PrepareAsync(Plain);
        Replace(isContainer);

        var outcome = await Step.ExecuteAsync(context, intent, default);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Failed>().Which).Should().Be(isContainer
            ? "container main of pod ledger-store-0 has ended, or was started again since the step was prepared; app was not started"
            : "pod ledger-store-0 was replaced by another one of that name since the step was prepared; app was not started");
        _exec.Commands.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true, "container main of pod ledger-store-0 has ended, or was started again while app ran: where it ran, and what of it stands, is not known")]
    [InlineData(false, "pod ledger-store-0 was replaced by another one of that name while app ran: where it ran, and what of it stands, is not known")]
    [InlineData(null, "pod ledger-store-0 is gone while app ran: where it ran, and what of it stands, is not known")]
    public async Task Execute_PodLostWhileItRan_IsNotBelieved(bool? isContainer, string reason)
    {
        _exec.Play = async command =>
        {
            if (isContainer is { } container)
            {
                Replace(container);
            }
            else
            {
                Cluster.Objects.World = null;
                Cluster.Objects.Remove(Pod);
            }

            await command.ExitAsync(0);
        };

        ReasonOf((await RunAsync(Plain)).Should().BeOfType<StepOutcome.Unknown>().Which).Should().Be(reason);
    }

    [Fact]
    public async Task Execute_PodThatCannotBeReadAfterwards_IsNotBelievedAndItsExitCodeIsOnRecord()
    {
        _exec.Play = async command =>
        {
            Cluster.Intercept = (_, _) => (403, new JsonObject { ["message"] = "pods is forbidden" });
            await command.ExitAsync(0);
        };

        var outcome = await RunAsync(Plain);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().Be("app has ended, and whether it ran in the pod that was chosen cannot be read: 403 pods is forbidden");
        Record(ObjectsOf(outcome))["exitCode"]!.GetValue<int>().Should().Be(0);
    }

    [Theory]
    [InlineData(0, ObservedAnswer.Happened, "app-is says: exit code 0: drained")]
    [InlineData(1, ObservedAnswer.CannotHappenAnyMore, "app-is says: exit code 1: drained")]
    [InlineData(2, ObservedAnswer.StillMay, "app-is says: exit code 2: drained")]
    [InlineData(9, ObservedAnswer.CannotTell, "app-is says: exit code 9: drained")]
    public async Task Observe_ByACommandThatLooks_IsItsExitCodeInThePodThatIsThereThen(int code, ObservedAnswer answer, string detail)
    {
        var (context, intent) = await PrepareAsync("""{"namespace":"ledger","pod":"ledger-store-0","command":["app"],"observe":["app-is"],"cannot-happen":["1"],"still-may":["2"]}""");
        _exec.Play = async command =>
        {
            await command.SayAsync("drained");
            await command.ExitAsync(code);
        };
        Replace(isContainer: false);

        var seen = await Step.ObserveAsync(context, intent, default);
        var contradiction = await Step.ContradictionAsync(context, intent, default);

        (seen.Answer, seen.Detail).Should().Be((answer, detail));
        contradiction.Should().Be(code is 1 or 2 ? $"it does not stand any more: {detail}" : null);
        _exec.Commands.Should().OnlyContain(command => command.Words[0] == "app-is");
    }

    [Fact]
    public async Task Observe_OfWhatMayBeRepeated_LetsItBeRunAgain()
    {
        var (context, intent) = await PrepareAsync("""{"namespace":"ledger","pod":"ledger-store-0","command":["app"],"repeatable":true}""");

        var seen = await Step.ObserveAsync(context, intent, default);

        (seen.Answer, seen.OnlyByRepeating, seen.Detail).Should().Be((ObservedAnswer.CannotHappenAnyMore, true, "by the plan app run twice, also at once, is as run once"), "what may be run again may have run");
    }

    private static string? ReasonOf(StepOutcome outcome) => outcome switch { StepOutcome.Failed failed => failed.Reason, StepOutcome.Unknown unknown => unknown.Reason, _ => null };

    private static IReadOnlyList<RawOutput>? ObjectsOf(StepOutcome outcome) => outcome switch { StepOutcome.Failed failed => failed.Objects, StepOutcome.Unknown unknown => unknown.Objects, _ => null };

    private static JsonNode Record(IReadOnlyList<RawOutput>? objects) => JsonNode.Parse(objects!.Single(one => one.Name == "s-exec.json").Content)!;

    private static IEnumerable<(string Name, string Text)> Texts(IReadOnlyList<RawOutput>? objects) =>
        objects!.Where(one => one.Name.EndsWith(".txt", StringComparison.Ordinal)).Select(one => (one.Name, Encoding.UTF8.GetString(one.Content)));

    private async Task<(StepContext Context, JsonObject Intent)> PrepareAsync(string with, int timeoutSeconds = 20)
    {
        Cluster.Takes = _exec.TakeAsync;
        var context = Bench.Context("k8s.exec", with, timeoutSeconds: timeoutSeconds);
        return (context, JsonNode.Parse((await Step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }

    private async Task<StepOutcome> RunAsync(string with, int timeoutSeconds = 20)
    {
        var (context, intent) = await PrepareAsync(with, timeoutSeconds);
        return await Step.ExecuteAsync(context, intent, default);
    }

    /// <summary>Another pod of that name, or another container in the same.</summary>
    private void Replace(bool isContainer)
    {
        var pod = Cluster.Objects.Find(Pod)!;
        if (isContainer)
        {
            pod["status"]!["containerStatuses"]![0]!["containerID"] = "other";
        }
        else
        {
            pod["metadata"]!["uid"] = "other";
        }
    }
}
