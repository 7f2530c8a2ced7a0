using DrOrchestrator.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>Who wrote a row of the new side: numbers of transactions have 32 bits and go round.</summary>
public sealed class RowJudgeTests
{
    private static readonly ReconciledTable Table = new("public.entries", ["id"], [], []);

    // The fork is shortly before the numbers begin anew, and the new side has counted past that.
    [Theory]
    [InlineData(4_294_967_200, false, "written before the fork")]
    [InlineData(4_294_967_250, true, "the first of its own")]
    [InlineData(4_294_967_295, true, "the last of the round")]
    [InlineData(3, true, "the first of the next round")]
    [InlineData(99, true, "the last that is given")]
    [InlineData(1_000_000_000, false, "frozen long ago, under a number of an earlier round")]
    [InlineData(3_000_000_000, false, "frozen long ago")]
    [InlineData(2, false, "frozen, as old releases wrote it")]
    public void Judge_RowsAroundTheTurnOfTheNumbers_KnowsWhoWroteThem(long writer, bool isOwn, string because)
    {
        var own = new OwnTransactions(4_294_967_250, (5UL << 32) + 100);
        var row = new SideRow(["1"], "(0,1)", "d", [], [], writer);
        var old = new OldTable("public.entries", "1/2/3", "r", "id int", [], [new TouchedRow("(0,1)", "-", false)], false, 0);
        var both = old with { Rows = [row with { Digest = "e", Writer = 0 }], Touched = [] };

        var deleted = RowJudge.Judge(Table, old, new NewTable("1/2/3", "id int", [row], []), own);
        var differing = RowJudge.Judge(Table, both, new NewTable("1/2/3", "id int", [], [row]), own);

        deleted.OnlyNew.Count.Should().Be(isOwn ? 0 : 1, because);
        deleted.Gaps.Count.Should().Be(isOwn ? 1 : 0, because);
        differing.Differ.Single()!["changedOnNewSide"]!.GetValue<bool>().Should().Be(isOwn, because);
    }

    [Fact]
    public void Judge_WhereTheFirstNumberIsNotKnown_SaysNothingOfPlacesAndIsNotComplete()
    {
        var row = new SideRow(["1"], "(0,1)", "d", [], [], 5);
        var old = new OldTable("public.entries", "1/2/3", "r", "id int", [], [new TouchedRow("(0,1)", "-", false)], false, 0);

        var finding = RowJudge.Judge(Table, old, new NewTable("1/2/3", "id int", [row], []), new OwnTransactions(0, 100));

        finding.OnlyNew.Count.Should().Be(0);
        finding.Gaps.Should().Contain(gap => gap.StartsWith("the log does not reach back to before the first of the transactions", StringComparison.Ordinal));
    }
}
