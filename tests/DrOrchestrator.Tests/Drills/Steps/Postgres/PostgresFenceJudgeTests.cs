using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresFenceJudgeTests
{
    private static readonly HostStatus Held = new(false, false, false, true, "dro-1-fence", "shut down", "7", 1, LogSequence.Parse("0/30000A0"), false, "");
    private static readonly ServerSight Primary = new(false, "7", 1, null, null, LogSequence.Parse("0/3000000"), "");
    private static readonly JsonObject Intent = new() { ["fence"] = "dro-1-fence", ["systemId"] = "7" };

    [Fact]
    public void Judge_StoppedAndHeldAndSilent_IsProved() => PostgresFenceJudge.Judge(Intent, Held, "", null).Proved.Should().BeTrue();

    [Fact]
    public void Judge_AnyPartMissing_IsNotProvedAndSaysWhich()
    {
        Missing(null, null).Should().Equal("the host does not say what is there: why");
        Missing(Held with { Running = true }, null).Should().Equal("processes of the server live");
        Missing(Held with { SharedMemory = true }, null).Should().Equal("somebody is attached to its shared memory");
        Missing(Held with { Fenced = false, Mark = "" }, null).Should().Equal("its control file is in place: it could start");
        Missing(Held with { Mark = "dro-2-fence" }, null).Should().Equal("it is fenced by 'dro-2-fence'");
        Missing(Held with { SystemId = "8" }, null).Should().Equal("the host holds cluster '8', not 7");
        Missing(Held, Primary).Should().Equal("its port answers: the way to the host leads to another server");
    }

    [Fact]
    public void Refusal_WayToTheHostThatLeadsElsewhere_IsNamed()
    {
        var running = Held with { Running = true, Fenced = false, Mark = "" };

        PostgresFenceJudge.Refusal(running, "", Primary, "m").Should().BeNull();
        PostgresFenceJudge.Refusal(running with { Running = false }, "", null, "m").Should().BeNull("a dead primary is fenced all the same");
        PostgresFenceJudge.Refusal(running with { Running = false }, "", Primary, "m").Should().Contain("leads to another server");
        PostgresFenceJudge.Refusal(running with { Standby = true }, "", null, "m").Should().Contain("holds a standby");
        PostgresFenceJudge.Refusal(running, "", Primary with { InRecovery = true }, "m").Should().Contain("answers as a standby");
        PostgresFenceJudge.Refusal(running, "", Primary with { SystemId = "8" }, "m").Should().Contain("cluster 8");
        PostgresFenceJudge.Refusal(Held, "", null, "m").Should().Contain("fenced already, by dro-1-fence");
        PostgresFenceJudge.Refusal(Held, "", null, "dro-1-fence").Should().BeNull("another attempt of the same fence");
    }

    [Theory]
    [InlineData(0, """{"verb":"fence","fenced":true}""", typeof(HostAnswer.Said))]
    [InlineData(10, """{"verb":"fence","refused":true,"reason":"r"}""", typeof(HostAnswer.No))]
    [InlineData(11, """{"verb":"fence","reason":"r"}""", typeof(HostAnswer.NotYet))]
    [InlineData(10, "", typeof(HostAnswer.Silent))]
    [InlineData(0, """{"verb":"status","fenced":true}""", typeof(HostAnswer.Silent))]
    [InlineData(255, "", typeof(HostAnswer.Silent))]
    [InlineData(0, "done", typeof(HostAnswer.Silent))]
    public void Of_ExitCodeAndLastLine_OnlyOurOwnLineCounts(int code, string line, Type answer) =>
        HostAnswer.Of("fence", new ProgramResult.Ended(code, $"something before\n{line}\n", "ssh: no route")).Should().BeOfType(answer);

    private static IReadOnlyList<string> Missing(HostStatus? status, ServerSight? answers) => PostgresFenceJudge.Judge(Intent, status, "why", answers).Missing;
}
