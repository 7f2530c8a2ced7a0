using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Drills.Owners;

public sealed class TakeoverTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly List<JournalEntry> _lines = [];

    public TakeoverTests() => Write(JournalKinds.Opened, new JsonObject { ["estateHash"] = "e1" });

    [Theory]
    [InlineData("e1", 5, false)]
    [InlineData("e1", 61, true)]
    [InlineData("e2", 5, true)]
    public void FirstLines_InTheMiddleOfTheSteps_AskAfterALongGapOrAChangedEstate(string estate, int gap, bool asks)
    {
        Write(JournalKinds.Phase, new JsonObject { ["phase"] = DrillPhase.Steps });

        var lines = Lines(estate, gap);

        lines.Select(line => line.Kind).Should().Equal(asks ? [JournalKinds.Leased, JournalKinds.Asked] : [JournalKinds.Leased]);
    }

    [Fact]
    public void FirstLines_EstateThatWasLookedAtOnce_IsNotAskedForAgain()
    {
        Write(JournalKinds.Phase, new JsonObject { ["phase"] = DrillPhase.Steps });
        Write(JournalKinds.Leased, new JsonObject { ["estateHash"] = "e2" });

        Lines("e2", 5).Should().ContainSingle();
    }

    [Fact]
    public void FirstLines_BeforeTheSteps_LeaveItToTheGates() => Lines("e2", 3600).Should().ContainSingle();

    [Fact]
    public void Refused_UntilTheAbortThatFollowsFromIt_IsThatWord()
    {
        Ask("resume", "resume:2", confirmed: false);
        var refused = Takeover.Refused(new DrillRun(1, _lines));
        Write(JournalKinds.AbortAsked, []);

        refused!.Item.Should().Be("resume:2");
        Takeover.Refused(new DrillRun(1, _lines)).Should().BeNull("an abort follows from it once");
        Ask("resume", "resume:3", confirmed: false);
        Takeover.Refused(new DrillRun(1, _lines))!.Item.Should().Be("resume:3");
    }

    [Fact]
    public void FirstLines_OfAnEstateWhoseApproverIsGone_NamesThem()
    {
        Write(JournalKinds.Phase, new JsonObject { ["phase"] = DrillPhase.Steps });
        Ask("approval", "run-approval", confirmed: true);

        Lines("other", 5).Single(line => line.Kind == JournalKinds.Asked).Data["text"]!.GetValue<string>().Should()
            .StartWith("The estate was changed while this run was under way: approval 'run-approval': system may not give that word any more. Look who serves now");
    }

    private IReadOnlyList<JournalDraft> Lines(string estate, int gap) =>
        Takeover.FirstLines(new LeaseClaim(2, "former", TimeSpan.FromSeconds(gap)), "newer", Estate.None with { Hash = estate }, new DrillRun(1, _lines));

    private void Ask(string kind, string item, bool confirmed)
    {
        Write(JournalKinds.Asked, JournalJson.Question(kind, item, "operator", 1, "?", null, []));
        Write(JournalKinds.Answered, new JsonObject { ["item"] = item, ["confirmed"] = confirmed });
    }

    private void Write(string kind, JsonObject data) => _lines.Add(new JournalEntry(_lines.Count + 1, Start, 1, "system", kind, null, 0, (JsonObject)JsonNode.Parse(data.ToJsonString())!));
}
