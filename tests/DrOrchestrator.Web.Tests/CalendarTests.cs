using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests;

/// <summary>The calendar in the server as it is composed, on Quartz itself.</summary>
public sealed class CalendarTests
{
    private static readonly Person Requester = Samples.Person("rita", "requester-token", PersonRole.Operator);

    [Fact]
    public async Task Drill_AtItsTime_IsAskedForOncePerTime()
    {
        await using var server = await RunningServer.StartAsync(estate: With("* * * * * ?"), drills: drills => drills.Runs.Add(Samples.Run(7)));

        await RunningServer.Eventually(() => Copy(server.Drills.Requests).Count >= 2);

        var requests = Copy(server.Drills.Requests);
        requests[0].Should().BeEquivalentTo(new { Plan = "quickstart-failover", Mode = RunMode.Live, Reason = "calendar entry quarterly", Requester });
        requests.Select(request => request.Scheduled!.FireTime).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Drill_ServerStoppedOverItsTime_IsAFindingAtOnceAndNeverStartsLate()
    {
        var folder = RunningServer.FreshFolder();
        var estate = With("0 0 8 * * ?");
        var first = await RunningServer.StartAsync(folder, estate);
        await RunningServer.Eventually(() => Schedules(first).Count == 1);
        await first.App.StopAsync();
        await first.App.DisposeAsync();

        // As a process sees it that begins a day later.
        await using var second = await RunningServer.StartAsync(folder, estate, overrides: services => services.AddSingleton<TimeProvider>(new LaterTime(TimeSpan.FromDays(1.01))));
        var evidence = second.App.Services.GetRequiredService<IEvidenceLog>();
        IReadOnlyList<EvidenceRecord> findings = [];
        await RunningServer.Eventually(() => (findings = [.. evidence.ReadAsync(null, 0, 100, CancellationToken.None).Result.Where(record => record.Kind == "finding.calendar-missed")]).Count > 0);

        findings.Should().ContainSingle().Which.System.Should().Be("ledger");
        second.Drills.Requests.Should().BeEmpty();
        var board = second.App.Services.GetRequiredService<CalendarBoard>();
        await RunningServer.Eventually(() => board.Read().Entries is [{ Standing.Outcome: FireOutcome.Missed }]);
    }

    private static Estate With(string cron)
    {
        var estate = Samples.Estate();
        return estate with
        {
            People = [.. estate.People, Requester],
            Calendars = [new CalendarEntry("quarterly", "drill", "", "quickstart-failover", cron, "UTC", TimeSpan.Zero) { Mode = "live", Requester = "rita" }],
        };
    }

    private static IReadOnlyList<KeptSchedule> Schedules(RunningServer server) => server.App.Services.GetRequiredService<IFireLedger>().SchedulesAsync(CancellationToken.None).Result;

    private static List<StartRequest> Copy(List<StartRequest> requests)
    {
        lock (requests)
        {
            return [.. requests];
        }
    }

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
