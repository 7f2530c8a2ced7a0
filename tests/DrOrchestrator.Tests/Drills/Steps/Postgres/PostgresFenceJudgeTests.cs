using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresFenceJudgeTests
{
    private static readonly HostStatus Held = new(false, false, false, true, "dro-1-fence", "shut down", "7", 1, LogSequence.Parse("0/30000A0"), false, "") { Sees = "host" };
    private static readonly PortSight Nobody = new PortSight.Nobody();
    private static readonly PortSight Silent = new PortSight.Silent("no answer from its port within 1s");
    private static readonly ServerSight Primary = new(false, "7", 1, null, null, LogSequence.Parse("0/3000000"), "");
    private static readonly JsonObject Intent = new() { ["fence"] = "dro-1-fence", ["systemId"] = "7" };

    [Fact]
    public void Judge_StoppedAndHeldAndSilent_IsProved() => PostgresFenceJudge.Judge(Intent, Held, "", Nobody).Proved.Should().BeTrue();

    [Fact]
    public void Judge_AnyPartMissing_IsNotProvedAndSaysWhich()
    {
        Missing(null, Nobody).Should().Equal("the host does not say what is there: why");
        Missing(Held with { Running = true }, Nobody).Should().Equal("processes of the server live");
        Missing(Held with { SharedMemory = true }, Nobody).Should().Equal("somebody is attached to its shared memory");
        Missing(Held with { Fenced = false, Mark = "" }, Nobody).Should().Equal("its control file is in place: it could start");
        Missing(Held with { Mark = "dro-2-fence" }, Nobody).Should().Equal("it is fenced by 'dro-2-fence'");
        Missing(Held with { SystemId = "8" }, Nobody).Should().Equal("the host holds cluster '8', not 7");
        Missing(Held, new PortSight.Speaks(Primary)).Should().Equal("its port answers: the way to the host leads to another server");
        Missing(Held, new PortSight.Speaks(null)).Should().Equal("its port answers: the way to the host leads to another server");
        PostgresFenceJudge.Judge(Intent, Held, "", Silent).Facts.Should().Contain("no answer from its port within 1s", "what was not seen is no fact about the server");
    }

    [Fact]
    public void Refusal_WayToTheHostThatLeadsElsewhere_IsNamed()
    {
        var running = Held with { Running = true, Fenced = false, Mark = "" };

        PostgresFenceJudge.Refusal(running, "", new PortSight.Speaks(Primary), "m").Should().BeNull();
        PostgresFenceJudge.Refusal(running with { Running = false }, "", Nobody, "m").Should().BeNull("a dead primary is fenced all the same");
        PostgresFenceJudge.Refusal(running with { Running = false }, "", new PortSight.Speaks(Primary), "m").Should().Contain("leads to another server");
        PostgresFenceJudge.Refusal(running with { Standby = true }, "", Nobody, "m").Should().Contain("holds a standby");
        PostgresFenceJudge.Refusal(running, "", new PortSight.Speaks(Primary with { InRecovery = true }), "m").Should().Contain("answers as a standby");
        PostgresFenceJudge.Refusal(running, "", new PortSight.Speaks(Primary with { SystemId = "8" }), "m").Should().Contain("cluster 8");
        PostgresFenceJudge.Refusal(Held, "", Nobody, "m").Should().Contain("fenced already, by dro-1-fence");
        PostgresFenceJudge.Refusal(Held, "", Nobody, "dro-1-fence").Should().BeNull("another attempt of the same fence");
        PostgresFenceJudge.Refusal(Held, "", Nobody, "dro-2-fence", "dro-1-fence").Should().BeNull("it is taken over");
        PostgresFenceJudge.Refusal(running with { Running = false }, "", Silent, "m").Should().Contain("nothing shows that the way to its host leads to this server");
        PostgresFenceJudge.Refusal(running with { Running = false }, "", new PortSight.Speaks(null), "m").Should().Contain("its port answers while its host finds no process");
        PostgresFenceJudge.Refusal(running, "", Silent, "m").Should().BeNull("it stands still, and its host finds it");
        PostgresFenceJudge.Refusal(running with { Sees = "" }, "", Nobody, "m").Should().Contain("older postgres-host.sh");
    }

    [Theory]
    [InlineData("dro-ab12-7-fence-primary", "dro-ab12-7-fence-primary")]
    [InlineData("dro-ab12-8-fence-primary", null)]
    [InlineData("dro-cd34-7-fence-primary", null)]
    [InlineData("by-hand", null)]
    [InlineData("", null)]
    public void AdoptedOf_MarksOfOtherRunsOfTheSameJournal_AreTakenOver(string mark, string? adopted) => PostgresFenceJudge.AdoptedOf(Held with { Mark = mark }, "dro-ab12-8").Should().Be(adopted);

    [Theory]
    [InlineData(0, """{"verb":"fence","fenced":true}""", typeof(HostAnswer.Said))]
    [InlineData(10, """{"verb":"fence","refused":true,"reason":"r"}""", typeof(HostAnswer.No))]
    [InlineData(11, """{"verb":"fence","reason":"r"}""", typeof(HostAnswer.NotYet))]
    [InlineData(0, """{"verb":"fence","reason":"r"}""", typeof(HostAnswer.Silent))]
    [InlineData(0, """{"verb":"fence","refused":true}""", typeof(HostAnswer.Silent))]
    [InlineData(10, "", typeof(HostAnswer.Silent))]
    [InlineData(0, """{"verb":"status","fenced":true}""", typeof(HostAnswer.Silent))]
    [InlineData(255, "", typeof(HostAnswer.Silent))]
    [InlineData(0, "done", typeof(HostAnswer.Silent))]
    public void Of_ExitCodeAndLastLine_OnlyOurOwnLineCounts(int code, string line, Type answer) =>
        HostAnswer.Of("fence", new ProgramResult.Ended(code, $"something before\n{line}\n", "ssh: no route")).Should().BeOfType(answer);

    private static IReadOnlyList<string> Missing(HostStatus? status, PortSight port) => PostgresFenceJudge.Judge(Intent, status, "why", port).Missing;
}
