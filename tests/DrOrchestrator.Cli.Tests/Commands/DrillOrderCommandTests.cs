using DrOrchestrator.Cli.Tests.Client;

namespace DrOrchestrator.Cli.Tests.Commands;

public class DrillOrderCommandTests
{
    private const string Accepted = """{"accepted":true,"code":"accepted","detail":"on record"}""";

    [Theory]
    [InlineData("abort", "--reason", "smoke", "Run 7 is to be aborted.")]
    [InlineData("pause", "--reason", "smoke", "Run 7 is to be paused.")]
    [InlineData("report", "--reason", "DMS 2026-118", "Run 7 has its summary report.")]
    [InlineData("resume", "--note", "all clear", "Run 7 goes on.")]
    public async Task Order_SaysItInTheNameOfTheToken(string order, string option, string text, string said)
    {
        await using var server = (await FakeServer.StartAsync()).On($"POST /drills/7/{order}", Accepted);

        var ran = await Shell.RunAsync("drill", order, "7", option, text, "--data", server.DataFolder);

        ran.ExitCode.Should().Be(0);
        ran.Out.Should().Be($"{said}\nSee how it stands with: dro drill show 7\n");
        server.Requests.Should().Equal($$"""POST /drills/7/{{order}} Bearer operators-token {"reason":"{{text}}"}""");
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("pause")]
    public async Task Order_WithoutAReason_IsNotSent(string order) => (await Shell.RunAsync("drill", order, "7", "--data", "nowhere")).ExitCode.Should().Be(ExitCodes.Usage);

    [Fact]
    public async Task Order_NotTaken_SaysWhy()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /drills/7/abort", """{"code":"already-stopped","detail":"Run 7 was stopped by chen already (aborted): smoke"}""", 409, "application/problem+json");

        var ran = await Shell.RunAsync("drill", "abort", "7", "--reason", "r", "--data", server.DataFolder);

        ran.ExitCode.Should().Be(ExitCodes.Usage);
        ran.Error.Should().Be("dro: Run 7 was stopped by chen already (aborted): smoke\n");
    }

    [Fact]
    public async Task Start_LinkedRun_SendsWhichRunItCloses()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /drills", Samples.Run("open", closedAt: null), 201);

        await Shell.RunAsync("drill", "start", "failback", "--mode", "live", "--reason", "back", "--closes", "3", "--data", server.DataFolder);

        server.Requests.Should().Equal("""POST /drills Bearer operators-token {"plan":"failback","mode":"live","reason":"back","closes":3}""");
    }
}
