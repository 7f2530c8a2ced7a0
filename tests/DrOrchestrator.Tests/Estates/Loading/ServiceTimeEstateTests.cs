using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>What an estate declares for its availability figures.</summary>
public sealed class ServiceTimeEstateTests : IDisposable
{
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_NothingDeclared_IsAroundTheClockInUtcWithADaysNotice()
    {
        var estate = _folder.LoadGood().Estate;

        estate.TimeZone.Should().Be("UTC");
        estate.MaintenanceNotice.Should().Be(TimeSpan.FromHours(24));
        estate.MaintenanceLongest.Should().Be(TimeSpan.FromHours(72));
        estate.ServiceCalendarOf(estate.Systems[0]).Should().BeNull();
        estate.Probes.Should().OnlyContain(probe => probe.Floors.Count == 0 && probe.ConfirmationsOf == probe.Confirmations);
    }

    [Fact]
    public void Load_ServiceCalendar_HasExactlyTheDeclaredHours()
    {
        _folder.Replace(
            "estate.yaml",
            "people:",
            """
            time-zone: Asia/Shanghai
            maintenance: { notice: 72h, longest: 8h }
            service-calendars:
              - name: counter
                time-zone: Europe/Berlin
                hours:
                  mon-fri: ["13:00-24:00", "08:00-12:00"]
                  sat: ["22:00-02:00"]
                exceptions:
                  - { date: 2026-10-01, reason: National Day }
                  - { date: 2026-12-24, hours: ["08:00-12:00"] }
            people:
            """);
        _folder.Replace("estate.yaml", "    department: Payments\n", "    department: Payments\n    service-calendar: counter\n");

        var estate = _folder.LoadGood().Estate;

        estate.TimeZone.Should().Be("Asia/Shanghai");
        estate.MaintenanceNotice.Should().Be(TimeSpan.FromHours(72));
        estate.MaintenanceLongest.Should().Be(TimeSpan.FromHours(8));
        var calendar = estate.ServiceCalendarOf(estate.Systems[0])!;
        calendar.TimeZone.Should().Be("Europe/Berlin");
        calendar.On(new DateOnly(2026, 9, 30)).Should().Equal(Hours(8, 12), Hours(13, 24));
        calendar.On(new DateOnly(2026, 10, 3)).Should().Equal(Hours(22, 26));
        calendar.On(new DateOnly(2026, 10, 4)).Should().BeEmpty();
        calendar.On(new DateOnly(2026, 10, 1)).Should().BeEmpty();
        calendar.On(new DateOnly(2026, 12, 24)).Should().Equal(Hours(8, 12));
    }

    [Fact]
    public void Load_Floors_AreTheProbesOwnAndThoseOfItsSystem()
    {
        _folder.Replace("estate.yaml", "    timeout: 1s\n", "    timeout: 1s\n    confirmations: { failures: 3, of: 5 }\n    lqa: { success: { at-least: 99.5%, over: 1m, interruption: false } }\n");
        _folder.Replace(
            "estate.yaml",
            "    department: Payments\n",
            """
                department: Payments
                lqa:
                  latency: { quantile: p95, at-most: 300ms, over: 5m }
                  success: { at-least: 99%, over: 5m }
                  throughput: { at-least: 200, over: 30s }

            """);

        var estate = _folder.LoadGood().Estate;

        estate.Systems[0].Floors.Should().Equal(
            new LqaFloor(LqaKind.Latency, 0.95, TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(5), false),
            new LqaFloor(LqaKind.Success, 0.99, null, TimeSpan.FromMinutes(5), true),
            new LqaFloor(LqaKind.Throughput, 200, null, TimeSpan.FromSeconds(30), true));
        var posting = estate.FindProbe("ledger-posting")!;
        posting.Floors.Should().Equal(
            new LqaFloor(LqaKind.Success, 0.995, null, TimeSpan.FromMinutes(1), false), estate.Systems[0].Floors[0], estate.Systems[0].Floors[2]);
        (posting.Confirmations, posting.ConfirmationsOf).Should().Be((3, 5));
        estate.FindProbe("dr-store")!.Floors.Should().BeEmpty();
    }

    private static ServiceHours Hours(double start, double end) => new(TimeSpan.FromHours(start), TimeSpan.FromHours(end));
}
