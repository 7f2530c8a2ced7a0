using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>Scheduled drills, gates and freezes: what is read, and everything that is refused with its place.</summary>
public sealed class CalendarReaderTests : IDisposable
{
    private const string Overdue = """  - { name: overdue, kind: drill-overdue, system: ledger, plan: failover, cron: "0 0 8 * * ?", time-zone: Asia/Shanghai, within: 365d }""";
    private const string Drill = """{ name: q, kind: drill, plan: failover, mode: live, requester: requester, cron: "0 0 22 1 3,6,9,12 ?", time-zone: Asia/Shanghai }""";
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_DrillsAndGates_AreRead()
    {
        var estate = With(
            """{ name: quarterly, kind: drill, plan: failover, mode: tabletop, requester: requester, reason: "annual programme", cron: "0 0 22 1 3,6,9,12 ?", time-zone: Asia/Shanghai }""",
            """{ name: nightly, kind: gates, plan: failover, cron: "0 0 1 * * ?" }""").LoadGood().Estate;

        estate.Calendars.Should().Equal(
            new CalendarEntry("quarterly", "drill", "", "failover", "0 0 22 1 3,6,9,12 ?", "Asia/Shanghai", TimeSpan.Zero) { Mode = "tabletop", Requester = "requester", Reason = "annual programme" },
            new CalendarEntry("nightly", "gates", "", "failover", "0 0 1 * * ?", "UTC", TimeSpan.Zero));
    }

    [Fact]
    public void Load_RestoreCheck_IsReadForAPlanThatRestores()
    {
        _folder.Replace("failover.yaml", "kind: failover", "kind: restore");

        With(Drill.Replace("kind: drill", "kind: restore-check", StringComparison.Ordinal)).LoadGood().Estate.Calendars.Should().ContainSingle().Which.Kind.Should().Be("restore-check");
    }

    [Fact]
    public void Load_Freezes_AreReadInTheZoneOfTheEstate()
    {
        _folder.Replace("estate.yaml", "plans: [failover.yaml]", """
            plans: [failover.yaml]
            time-zone: Asia/Shanghai
            freezes:
              - { name: year-end, yearly: 12-25..01-05, reason: Year-end closing, signer: Wang }
              - { name: audit, from: 2027-03-01, to: 2027-03-05, systems: [ledger], reason: Audit, signer: Li, time-zone: UTC }
            """);

        var freezes = _folder.LoadGood().Estate.Freezes;

        freezes[0].Should().BeEquivalentTo(new Freeze("year-end", new FreezeDays.Yearly(new DayOfYear(12, 25), new DayOfYear(1, 5)), [], "Year-end closing", "Wang", "Asia/Shanghai"));
        freezes[1].Should().BeEquivalentTo(new Freeze("audit", new FreezeDays.Once(new DateOnly(2027, 3, 1), new DateOnly(2027, 3, 5)), ["ledger"], "Audit", "Li", "UTC"));
    }

    public static TheoryData<string, string, string> BadDrills => new()
    {
        { "mode: live", "mode: real", "estate.yaml:36:51: 'mode' is 'real': a real switch never starts by itself; allowed: tabletop, rehearsal, live. Leave it to people: dro drill start PLAN --mode real." },
        { "mode: live", "mode: rehearsal", "estate.yaml:36:51: the plan 'failover' does not run as 'rehearsal'; allowed: live, tabletop. Choose a mode of the plan, or add this one to its 'modes:'." },
        { "mode: live", "mode: lve", "estate.yaml:36:51: 'mode' is 'lve'; allowed: tabletop, rehearsal, live; did you mean 'live'? Use one of the allowed words." },
        { "mode: live, ", "", "estate.yaml:36:5: a calendar entry without 'mode'; allowed: tabletop, rehearsal, live. Add 'mode:'." },
        { "requester: requester", "requester: chen", "estate.yaml:36:68: 'chen' asks for these runs, so that only 0 could give the approval 'run-approval'; allowed: 1 with the role 'approver' who neither ask for the run nor wrote its plan. Name another requester, or give the role to more people." },
        { "requester: requester", "requester: verifier", "estate.yaml:36:68: 'verifier' is no operator; allowed: requester. Name an operator: only operators ask for runs." },
        { "requester: requester", "requester: requestor", "estate.yaml:36:68: there is no person 'requestor'; allowed: requester, chen, verifier; did you mean 'requester'? Declare the person or correct the name." },
        { "plan: failover", "plan: failovr", "estate.yaml:36:35: there is no plan 'failovr'; allowed: failover; did you mean 'failover'? Declare the plan or correct the name." },
        { "kind: drill", "kind: restore-check", "estate.yaml:36:43: the plan 'failover' is of kind 'failover'; allowed: a plan of kind 'restore'. Name a plan that restores, or let the entry be of kind 'drill'." },
        { "kind: drill", "kind: dril", "estate.yaml:36:22: 'kind' is 'dril'; allowed: drill-overdue, drill, gates, restore-check; did you mean 'drill'? Use one of the allowed words." },
        { "0 0 22 1 3,6,9,12 ?", "0 0 22 31 2 ?", "estate.yaml:36:85: 'cron' is '0 0 22 31 2 ?', a time that never comes; allowed: a Quartz cron expression: second minute hour day-of-month month day-of-week [year]. Correct the value." },
        { "0 0 22 1 3,6,9,12 ?", "0 0/10 * * * ?", "estate.yaml:36:85: 'cron' is '0 0/10 * * * ?': every 10m; allowed: times at least 1h apart. Choose rarer times." },
        { "mode: live, ", "mode: live, within: 30d, ", "estate.yaml:36:57: unknown key 'within' in a calendar entry; allowed: name, kind, plan, mode, requester, reason, cron, time-zone. Correct the key or remove it." },
    };

    [Theory]
    [MemberData(nameof(BadDrills))]
    public void Load_DrillWithOneThingWrong_SaysWhereAndWhatToDo(string good, string bad, string error)
    {
        With(Drill.Replace(good, bad, StringComparison.Ordinal));

        // The requester who may approve as well, or not ask at all, has more than one thing wrong.
        _folder.LoadErrors().Select(found => found.ToString()).Should().Contain(error);
    }

    [Fact]
    public void Load_DrillOfAPlanWithoutApprovals_IsRefused()
    {
        _folder.Replace("failover.yaml", "approvals:\n  - { name: run-approval, role: approver, quorum: 1, deadline: 10m }\n", "");

        With(Drill).LoadErrors().Select(found => found.ToString()).Should().Contain(
            "estate.yaml:36:35: the plan 'failover' has no approvals: nothing would stand between the calendar and its first effect; allowed: a plan with 'approvals:'. Add an approval to the plan, or start its drills by hand.");
    }

    [Theory]
    [InlineData("yearly: 12-25..01-05", "yearly: 12-32..01-05", "estate.yaml:38:31: 'yearly' is '12-32..01-05'; allowed: a first and a last day of every year, such as 12-25..01-05. Correct the value.")]
    [InlineData("yearly: 12-25..01-05", "from: 2027-02-01, to: 2027-01-01", "estate.yaml:38:45: 'to' is 2027-01-01; allowed: 2027-02-01 or later. A freeze ends on or after the day it begins.")]
    [InlineData("yearly: 12-25..01-05", "yearly: 12-25..01-05, from: 2027-02-01", "estate.yaml:38:51: 'from' beside 'yearly'; allowed: 'yearly', or 'from' and 'to'. Keep one of the two forms.")]
    [InlineData("yearly: 12-25..01-05, ", "", "estate.yaml:38:5: a freeze without 'from'; allowed: a date such as 2026-10-01. Add 'from:'.")]
    [InlineData("signer: Wang", "systems: [legder], signer: Wang", "estate.yaml:38:81: there is no system 'legder'; allowed: ledger; did you mean 'ledger'? Declare the system or correct the name.")]
    [InlineData(", signer: Wang", "", "estate.yaml:38:5: a freeze without 'signer'; allowed: a text. Add 'signer:'.")]
    public void Load_FreezeWithOneThingWrong_SaysWhereAndWhatToDo(string good, string bad, string error)
    {
        var freeze = "{ name: year-end, yearly: 12-25..01-05, reason: Year-end closing, signer: Wang }";
        _folder.Replace("estate.yaml", "plans: [failover.yaml]", $"freezes:\n  - {freeze.Replace(good, bad, StringComparison.Ordinal)}\nplans: [failover.yaml]");

        _folder.LoadErrors().Select(found => found.ToString()).Should().Contain(error);
    }

    private EstateFolderBuilder With(params string[] entries) => _folder.Replace("estate.yaml", Overdue, string.Join('\n', entries.Select(entry => $"  - {entry}")));
}
