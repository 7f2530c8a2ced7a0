using System.Globalization;
using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Audit;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Postgres;

/// <summary>What a run over two real PostgreSQL servers reports, against what somebody outside saw in them.</summary>
[Collection(nameof(OneAtATime))]
public sealed class PostgresStoryTests(AuditedPostgresDrill drill) : IClassFixture<AuditedPostgresDrill>
{
    [PostgresFact]
    public async Task Outcome_OfTheStory_IsPassed_ThePrimaryServesAgain_AndItSatisfiesNoClause()
    {
        drill.Run.View.Outcome.Should().Be("passed", drill.Run.View.Failure);
        (await drill.Lab.RouteAsync()).Should().Be(("primary", 3), "the epoch of a route is the timeline");
        drill.Run.View.Strength.Should().Be("sandbox");
        (await drill.ColumnAsync("primary", "SELECT pg_is_in_recovery()")).Should().Equal("False");
        (await drill.ColumnAsync("dr", "SELECT pg_is_in_recovery()")).Should().Equal("True");
    }

    [PostgresFact]
    public void Writers_AttachedToBothServersAllTheTime_NeverFindTwoThatTakeWrites()
    {
        var turns = new List<string>();
        foreach (CommittedRow row in drill.Rows.Where(row => turns.Count == 0 || turns[^1] != row.Site))
        {
            turns.Add(row.Site);
        }

        turns.Should().Equal("primary", "dr", "primary");
        drill.Rows.GroupBy(row => row.Site).Should().OnlyContain(rows => rows.Count() > 50, "the writer was really there");
    }

    [PostgresFact]
    public void Rpo_OfTheFailover_CountsWhatTheNewPrimaryReallyHas()
    {
        RpoMeasurement rpo = drill.Run.View.Measurement!.Rpo!;
        IReadOnlyList<PassedMarker> markers = drill.Markers("failover");
        PassedMarker[] acknowledged = [.. markers.Where(m => m.Fate == WriteFate.Acknowledged)];
        PassedMarker[] inDoubt = [.. markers.Where(m => m.Fate == WriteFate.InDoubt)];

        rpo.Sent.Should().Be(markers.Count).And.BePositive();
        rpo.Acknowledged.Should().Be(acknowledged.Length).And.BePositive();
        rpo.InDoubt.Should().Be(inDoubt.Length);
        rpo.Refused.Should().Be(markers.Count(m => m.Fate == WriteFate.Refused));
        rpo.Lost.Should().Be(acknowledged.Count(m => !drill.SurvivorsAfterSwitch.Contains(m.Id))).And.BePositive("the line between the sites is half a second slow");
        rpo.InDoubtSurvivors.Should().Be(inDoubt.Count(m => drill.SurvivorsAfterSwitch.Contains(m.Id)));
    }

    [PostgresFact]
    public void Reconciliation_OfTheFailover_ListsEveryTransactionThatIsLost_AndNoneThatIsNot()
    {
        CommittedRow[] before = [.. drill.Rows.TakeWhile(row => row.Site == "primary")];
        ILookup<bool, string> survived = before.ToLookup(row => drill.OutsideAfterSwitch.Contains(row.Number.ToString(CultureInfo.InvariantCulture)), row => row.Transaction);

        survived[false].Should().NotBeEmpty("the line between the sites is half a second slow");
        drill.Listed.Should().OnlyHaveUniqueItems().And.Contain(survived[false]).And.NotIntersectWith(survived[true]);
        drill.Listed.Count.Should().BeGreaterThanOrEqualTo(survived[false].Count() + (int)drill.Run.View.Measurement!.Rpo!.Lost, "each marker that is lost is a transaction of its own");
    }

    [PostgresFact]
    public async Task Rpo_OfTheSwitchBack_IsZero_AndEveryAcknowledgedMarkerIsInBothDatabases()
    {
        RpoMeasurement rpo = drill.Run.View.Measurement!.PlannedRpo!;
        string[] acknowledged = [.. drill.Markers("switchback").Where(m => m.Fate == WriteFate.Acknowledged).Select(m => m.Id)];

        rpo.Lost.Should().Be(0);
        rpo.Acknowledged.Should().Be(acknowledged.Length).And.BePositive();
        (await drill.MarkersInAsync("primary")).Should().Contain(acknowledged);
        await Patience.UntilAsync("the standby has them too", Patience.Stop, async () => (await drill.MarkersInAsync("dr")).IsSupersetOf(acknowledged));
    }

    [PostgresFact]
    public async Task Databases_AfterTheWayBack_HoldTheSameLedger()
    {
        const string Entries = "SELECT md5(coalesce(string_agg(concat_ws('|', position, id, amount), ',' ORDER BY position), '')) FROM ledger_entry WHERE starts_with(id, 'dro-')";
        IReadOnlySet<string> primary = await drill.ColumnAsync("primary", Entries);

        await Patience.UntilAsync("the standby holds the same", Patience.Stop, async () => (await drill.ColumnAsync("dr", Entries)).SetEquals(primary));
    }
}
