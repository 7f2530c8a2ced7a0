using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class ExposureTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Exposure_OfASystem_TellsNowWindowSeriesAndSynchrony()
    {
        var estate = Samples.Estate() with
        {
            RecoveryPoints = [new RecoveryPointDefinition("ledger-log", "ledger", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), new PositionsSettings(new Dictionary<string, Uri>
            {
                ["primary"] = new("http://127.0.0.1:9/"),
                ["dr"] = new("http://127.0.0.1:9/"),
            }))],
        };
        await using var server = await RunningServer.StartAsync(estate: estate);
        var history = server.App.Services.GetRequiredService<ExposureHistory>();
        history.Add(
            new Exposure("ledger", "dr", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), ReplicationState.Protected, T0, T0.AddMinutes(1), "")
            {
                Synchrony = new SynchronyFinding(Synchrony.Asynchronous, "synchronous_standby_names is empty"),
            },
            T0);
        using var client = server.Operator();

        var answer = JsonNode.Parse(await client.GetStringAsync("/api/v1/systems/ledger/exposure?from=2026-03-01T08:00:00Z&to=2026-03-01T08:02:00Z"))!;

        answer["limit"]!.GetValue<double>().Should().Be(3600);
        answer["step"]!.GetValue<double>().Should().Be(60);
        var towards = answer["standbys"]!.AsArray().Single()!;
        towards["standby"]!.GetValue<string>().Should().Be("dr");
        towards["now"]![0]!["recoveryPoint"]!.GetValue<string>().Should().Be("ledger-log");
        towards["now"]![0]!["mechanism"]!.GetValue<string>().Should().Be("continuous");
        towards["window"]!["worstSeconds"]!.GetValue<double>().Should().Be(65);
        towards["window"]!["unseenSeconds"]!.GetValue<double>().Should().Be(60);
        towards["series"]!.AsArray().Should().HaveCount(2);
        towards["series"]![1]!["unknownSeconds"]!.GetValue<double>().Should().Be(60);
        towards["synchrony"]![0]!["state"]!.GetValue<string>().Should().Be("asynchronous");
    }
}
